using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Ashlar.Models.Templates.Library;

/// <summary>Upper, lower and title case by Unicode's full mappings, as Python has them: some letters become several.</summary>
internal static class CaseMapping
{
    /// <summary>
    /// Letters whose upper case is several letters (Unicode's SpecialCasing.txt): each letter, then what it becomes.
    /// </summary>
    private const string Expansions =
        "ßSS \u0131I \u017FS ŉ\u02BCN ǰJ\u030C \u0390\u0399\u0308\u0301 \u03B0\u03A5\u0308\u0301 \u0587\u0535\u0552 " +
        "\u1E96H\u0331 \u1E97T\u0308 \u1E98W\u030A \u1E99Y\u030A \u1E9AA\u02BE \u1F50\u03A5\u0313 \u1F52\u03A5\u0313\u0300 " +
        "\u1F54\u03A5\u0313\u0301 \u1F56\u03A5\u0313\u0342 \u1F80\u1F08\u0399 \u1F81\u1F09\u0399 \u1F82\u1F0A\u0399 " +
        "\u1F83\u1F0B\u0399 \u1F84\u1F0C\u0399 \u1F85\u1F0D\u0399 \u1F86\u1F0E\u0399 \u1F87\u1F0F\u0399 " +
        "\u1F88\u1F08\u0399 \u1F89\u1F09\u0399 \u1F8A\u1F0A\u0399 \u1F8B\u1F0B\u0399 \u1F8C\u1F0C\u0399 " +
        "\u1F8D\u1F0D\u0399 \u1F8E\u1F0E\u0399 \u1F8F\u1F0F\u0399 \u1F90\u1F28\u0399 \u1F91\u1F29\u0399 " +
        "\u1F92\u1F2A\u0399 \u1F93\u1F2B\u0399 \u1F94\u1F2C\u0399 \u1F95\u1F2D\u0399 \u1F96\u1F2E\u0399 " +
        "\u1F97\u1F2F\u0399 \u1F98\u1F28\u0399 \u1F99\u1F29\u0399 \u1F9A\u1F2A\u0399 \u1F9B\u1F2B\u0399 " +
        "\u1F9C\u1F2C\u0399 \u1F9D\u1F2D\u0399 \u1F9E\u1F2E\u0399 \u1F9F\u1F2F\u0399 \u1FA0\u1F68\u0399 " +
        "\u1FA1\u1F69\u0399 \u1FA2\u1F6A\u0399 \u1FA3\u1F6B\u0399 \u1FA4\u1F6C\u0399 \u1FA5\u1F6D\u0399 " +
        "\u1FA6\u1F6E\u0399 \u1FA7\u1F6F\u0399 \u1FA8\u1F68\u0399 \u1FA9\u1F69\u0399 \u1FAA\u1F6A\u0399 " +
        "\u1FAB\u1F6B\u0399 \u1FAC\u1F6C\u0399 \u1FAD\u1F6D\u0399 \u1FAE\u1F6E\u0399 \u1FAF\u1F6F\u0399 " +
        "\u1FB2\u1FBA\u0399 \u1FB3\u0391\u0399 \u1FB4\u0386\u0399 \u1FB6\u0391\u0342 \u1FB7\u0391\u0342\u0399 " +
        "\u1FBC\u0391\u0399 \u1FC2\u1FCA\u0399 \u1FC3\u0397\u0399 \u1FC4\u0389\u0399 \u1FC6\u0397\u0342 " +
        "\u1FC7\u0397\u0342\u0399 \u1FCC\u0397\u0399 \u1FD2\u0399\u0308\u0300 \u1FD3\u0399\u0308\u0301 " +
        "\u1FD6\u0399\u0342 \u1FD7\u0399\u0308\u0342 \u1FE2\u03A5\u0308\u0300 \u1FE3\u03A5\u0308\u0301 " +
        "\u1FE4\u03A1\u0313 \u1FE6\u03A5\u0342 \u1FE7\u03A5\u0308\u0342 \u1FF2\u1FFA\u0399 \u1FF3\u03A9\u0399 " +
        "\u1FF4\u038F\u0399 \u1FF6\u03A9\u0342 \u1FF7\u03A9\u0342\u0399 \u1FFC\u03A9\u0399 \uFB00FF \uFB01FI \uFB02FL " +
        "\uFB03FFI \uFB04FFL \uFB05ST \uFB06ST \uFB13\u0544\u0546 \uFB14\u0544\u0535 \uFB15\u0544\u053B " +
        "\uFB16\u054E\u0546 \uFB17\u0544\u053D";

    private static readonly FrozenDictionary<char, string> Expanded =
        Expansions.Split(' ').ToFrozenDictionary(entry => entry[0], entry => entry[1..]);

    public static string Upper(string text)
    {
        var upper = text.ToUpperInvariant();
        if (!upper.AsSpan().ContainsAnyExceptInRange('\0', '\u00DE')) return upper;
        var expanded = new StringBuilder(upper.Length);
        foreach (var c in upper)
        {
            if (Expanded.TryGetValue(c, out var letters)) expanded.Append(letters);
            else expanded.Append(c);
        }

        return expanded.ToString();
    }

    public static string Lower(string text)
    {
        if (!text.AsSpan().ContainsAny('\u0130', '\u03A3')) return text.ToLowerInvariant();
        var lower = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++) lower.Append(LowerAt(text, i));
        return lower.ToString();
    }

    /// <summary>The lower case of one letter where it stands; a sigma at the end of a word has a form of its own.</summary>
    public static string LowerAt(string text, int at) => text[at] switch
    {
        '\u0130' => "i\u0307",
        '\u03A3' => IsFinal(text, at) ? "\u03C2" : "\u03C3",
        var c => char.ToLowerInvariant(c).ToString(),
    };

    /// <summary>Python's <c>casefold</c>: what texts that differ only in case have in common.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            folded.Append(c switch
            {
                '\u0130' => "i\u0307",
                '\u0131' => "\u0131",
                '\u1E9E' => "ss",

                // Cherokee folds to upper case, for its lower case is the younger.
                (>= '\u13A0' and <= '\u13FD') or (>= '\uAB70' and <= '\uABBF') => Upper(c.ToString()),
                '\u03A3' or '\u03C2' => "\u03C3",
                _ => Upper(c.ToString()).ToLowerInvariant(),
            });
        }

        return folded.ToString();
    }

    /// <summary>
    /// The first letter of each word in title case, the others in lower case; a word is a run of letters with case.
    /// </summary>
    public static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        var isInWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            title.Append(isInWord ? LowerAt(text, i) : TitleLetter(text[i]));
            isInWord = IsCased(text[i]) || char.IsLowSurrogate(text[i]) && isInWord;
        }

        return title.ToString();
    }

    /// <summary>The first letter in title case, the others in lower case.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0) return text;
        var capitalized = new StringBuilder(TitleLetter(text[0]), text.Length);
        for (var i = 1; i < text.Length; i++) capitalized.Append(LowerAt(text, i));
        return capitalized.ToString();
    }

    public static bool IsCased(char c) =>
        char.IsUpper(c) || char.IsLower(c) || char.ToUpperInvariant(c) != c || char.ToLowerInvariant(c) != c;

    private static string TitleLetter(char c)
    {
        // The digraphs have a letter of their own for title case: it is the second of each three.
        if (c is >= '\u01C4' and <= '\u01CC') return ((char)(c - (c - '\u01C4') % 3 + 1)).ToString();
        if (c is >= '\u01F1' and <= '\u01F3') return "\u01F2";

        // So have the Greek letters with a subscript iota: their simple upper case is it.
        if (c is >= '\u1F80' and <= '\u1FFC'
            && char.GetUnicodeCategory(char.ToUpperInvariant(c)) == UnicodeCategory.TitlecaseLetter)
        {
            return char.ToUpperInvariant(c).ToString();
        }

        // Georgian has capitals for whole words only.
        if (c is >= '\u10D0' and <= '\u10FF') return c.ToString();
        var upper = Upper(c.ToString());
        var isLigature = c is '\u00DF' or '\u0587' or >= '\uFB00' and <= '\uFB17';
        return isLigature ? upper[..1] + upper[1..].ToLowerInvariant() : upper;
    }

    /// <summary>A sigma is final after a letter and before none.</summary>
    private static bool IsFinal(string text, int at) =>
        at > 0 && char.IsLetter(text[at - 1]) && (at + 1 == text.Length || !char.IsLetter(text[at + 1]));
}
