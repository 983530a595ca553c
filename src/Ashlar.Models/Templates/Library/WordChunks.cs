using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Cuts a line into what wrapping keeps together: white space, words, parts of hyphenated words, dashes.</summary>
internal static class WordChunks
{
    public static IEnumerable<string> Split(string line, bool breaksOnHyphens, Budget budget)
    {
        var start = 0;
        for (var i = 1; i <= line.Length; i++)
        {
            if (i < line.Length && !IsBreak(line, start, i, breaksOnHyphens)) continue;
            budget.AllocateText(i - start);
            yield return line[start..i];
            start = i;
        }
    }

    private static bool IsBreak(string line, int start, int at, bool breaksOnHyphens)
    {
        if (StringText.IsSpace(line[at - 1]) != StringText.IsSpace(line[at])) return true;
        if (!breaksOnHyphens) return false;
        if (line[at] == '-' && line[at - 1] != '-') return IsWordEnd(line[at - 1]) && IsDash(line, at);
        if (line[at - 1] != '-') return false;
        return start > 0 && line[start] == '-' && line[at] != '-' && IsDashBetween(line, start, at)
            || IsAfterHyphen(line, start, at);
    }

    /// <summary>A hyphen after two letters, or a letter, a hyphen and a letter, and before the same.</summary>
    private static bool IsAfterHyphen(string line, int start, int at) =>
        at - 1 > start
        && IsLetter(line, at - 2) && (IsLetter(line, at - 3) || At(line, at - 3) == '-' && IsLetter(line, at - 4))
        && IsLetter(line, at) && (IsLetter(line, at + 1) || At(line, at + 1) == '-' && IsLetter(line, at + 2));

    /// <summary>Two hyphens or more with a word behind them.</summary>
    private static bool IsDash(string line, int at)
    {
        var end = at;
        while (At(line, end) == '-') end++;
        return end - at >= 2 && IsWordPart(At(line, end));
    }

    private static bool IsDashBetween(string line, int start, int at) =>
        at - start >= 2 && IsWordEnd(line[start - 1]) && IsWordPart(line[at])
            && line.AsSpan(start, at - start).IndexOfAnyExcept('-') < 0;

    private static char At(string line, int at) => at >= 0 && at < line.Length ? line[at] : ' ';

    private static bool IsLetter(string line, int at) => At(line, at) is var c && (char.IsLetter(c) || c == '_');

    private static bool IsWordPart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static bool IsWordEnd(char c) => IsWordPart(c) || c is '!' or '"' or '\'' or '&' or '.' or ',' or '?';
}
