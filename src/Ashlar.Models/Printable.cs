using System.Globalization;
using System.Text;

namespace Ashlar.Models;

/// <summary>Names from hostile files as error messages may show them: on one line, and not too long.</summary>
internal static class Printable
{
    private const int Shown = 80;

    /// <summary>The name with control characters escaped, cut after 80 characters.</summary>
    public static string Name(string name)
    {
        var text = new StringBuilder(Math.Min(name.Length, Shown) + 1);
        foreach (var letter in name.AsSpan(0, Math.Min(name.Length, Shown)).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{letter.Value:x4}");
            }
            else
            {
                text.Append(letter.ToString());
            }
        }

        if (name.Length > Shown) text.Append('…');
        return text.ToString();
    }
}
