using System.Globalization;
using System.Text;

namespace Ashlar.Models.Templates.Values;

/// <summary>Rules of Python's strings that .NET's do not share: quoting, white space, the order of code points.</summary>
internal static class StringText
{
    /// <summary>
    /// Quotes as <c>repr()</c> does: single quotes unless only they occur inside; what does not print is escaped.
    /// </summary>
    public static void WriteRepr(string text, TextSink sink)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        sink.Append(quote);
        for (var i = 0; i < text.Length;)
        {
            var isRune = Rune.TryGetRuneAt(text, i, out var rune);
            var width = isRune ? rune.Utf16SequenceLength : 1;
            var code = isRune ? rune.Value : text[i];
            if (code == quote || code == '\\') sink.Append(['\\', (char)code]);
            else if (code == '\n') sink.Append("\\n");
            else if (code == '\r') sink.Append("\\r");
            else if (code == '\t') sink.Append("\\t");
            else if (isRune && IsPrintable(rune)) sink.Append(text.AsSpan(i, width));
            else sink.Append(Escape(code));
            i += width;
        }

        sink.Append(quote);
    }

    /// <summary>Python's <c>str.isspace</c>, which also counts the four ASCII separators.</summary>
    public static bool IsSpace(char character) => char.IsWhiteSpace(character) || character is >= '\x1C' and <= '\x1F';

    public static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or
        UnicodeCategory.SpaceSeparator);

    /// <summary>Order by code points; UTF-16 order differs where surrogates meet U+E000 and above.</summary>
    public static int Compare(string left, string right, Budget budget)
    {
        budget.Scan(Math.Min(left.Length, right.Length));
        var at = left.AsSpan().CommonPrefixLength(right);
        if (at == left.Length || at == right.Length) return left.Length.CompareTo(right.Length);
        return Rank(left[at]).CompareTo(Rank(right[at]));

        static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }

    private static string Escape(int code) => code switch
    {
        < 0x100 => "\\x" + code.ToString("x2", CultureInfo.InvariantCulture),
        < 0x10000 => "\\u" + code.ToString("x4", CultureInfo.InvariantCulture),
        _ => "\\U" + code.ToString("x8", CultureInfo.InvariantCulture),
    };
}
