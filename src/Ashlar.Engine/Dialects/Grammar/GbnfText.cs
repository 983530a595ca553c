using System.Text;

namespace Ashlar.Engine.Dialects;

/// <summary>Writes elements of llama.cpp's grammar notation.</summary>
internal static class GbnfText
{
    /// <summary>Any text at all.</summary>
    public const string Anything = "[^\\x00]*";

    /// <summary>A text as it is.</summary>
    public static string Literal(string text)
    {
        if (text.Length == 0) return "";
        var literal = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes()) literal.Append(Escape(rune, "\"\\"));
        return literal.Append('"').ToString();
    }

    /// <summary>JSON of a schema.</summary>
    public static string Json(string schema) => "%json " + schema;

    /// <summary>One of several elements.</summary>
    public static string Either(IEnumerable<string> elements) => $"({string.Join(" | ", elements)})";

    /// <summary>
    /// Any text that a mark does not occur in. The mark's first character must be in it once: then what was read of a mark is
    /// either gone on with, or given up for the beginning of another, or for other text.
    /// </summary>
    public static string Without(string mark)
    {
        Rune[] runes = [.. mark.EnumerateRunes()];
        if (runes.AsSpan(1).Contains(runes[0]))
        {
            throw new ArgumentException($"'{mark}' has its first character twice", nameof(mark));
        }

        var first = Escape(runes[0], "]\\^-[");
        if (runes.Length == 1) return $"[^{first}]*";

        // A beginning of the mark of any length, and such with a character behind it that is not the mark's.
        var begun = Literal(runes[^2].ToString());
        var givenUp = $"{Literal(runes[^2].ToString())} [^{first}{Escape(runes[^1], "]\\^-[")}]";
        for (var i = runes.Length - 3; i >= 0; i--)
        {
            var here = Literal(runes[i].ToString());
            begun = $"{here} ({begun})?";
            givenUp = $"{here} ([^{first}{Escape(runes[i + 1], "]\\^-[")}] | {givenUp})";
        }

        return $"([^{first}] | ({begun})* {givenUp})* ({begun})*";
    }

    private static string Escape(Rune rune, string special)
    {
        if (rune.Value < 128 && special.Contains((char)rune.Value, StringComparison.Ordinal)) return "\\" + rune;
        return rune.Value switch
        {
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < ' ' or (>= 0x7F and < 0xA0) => FormattableString.Invariant($"\\x{rune.Value:X2}"),
            _ => rune.ToString(),
        };
    }
}
