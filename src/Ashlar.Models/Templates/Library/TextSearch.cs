namespace Ashlar.Models.Templates.Library;

/// <summary>Finding a text in a text, in time linear in both whatever they hold.</summary>
internal static class TextSearch
{
    /// <summary>
    /// Up to this length the runtime's vectorized search is linear enough: it compares at most this much per place.
    /// </summary>
    private const int ShortPattern = 64;

    public static bool Contains(string text, string pattern, Budget budget) => IndexOf(text, pattern, 0, budget) >= 0;

    /// <summary>The first place at or after <paramref name="start"/> where the pattern occurs; -1 where it does not.</summary>
    public static int IndexOf(string text, string pattern, int start, Budget budget)
    {
        if (pattern.Length > ShortPattern) return IndexOfLong(text, pattern, start, budget);
        var found = text.IndexOf(pattern, start, StringComparison.Ordinal);
        budget.Scan((found < 0 ? text.Length : found) - start);
        return found;
    }

    /// <summary>
    /// The last place where the pattern occurs and ends at or before <paramref name="end"/>; -1 where it does not.
    /// </summary>
    public static int LastIndexOf(string text, string pattern, int end, Budget budget)
    {
        if (pattern.Length <= ShortPattern)
        {
            var found = text.AsSpan(0, end).LastIndexOf(pattern, StringComparison.Ordinal);
            budget.Scan(end - Math.Max(found, 0));
            return found;
        }

        var last = -1;
        for (var at = 0; (at = IndexOf(text, pattern, at, budget)) >= 0 && at + pattern.Length <= end; at++) last = at;
        return last;
    }

    /// <summary>Knuth, Morris and Pratt: a mismatch never moves back in the text.</summary>
    private static int IndexOfLong(string text, string pattern, int start, Budget budget)
    {
        if (text.Length - start < pattern.Length) return -1;
        budget.Scan(16L * (text.Length - start + pattern.Length));
        budget.Allocate(4L * pattern.Length);
        var border = Borders(pattern);
        for (int i = start, matched = 0; i < text.Length; i++)
        {
            while (matched > 0 && text[i] != pattern[matched]) matched = border[matched - 1];
            if (text[i] == pattern[matched]) matched++;
            if (matched == pattern.Length) return i - matched + 1;
        }

        return -1;
    }

    /// <summary>For each prefix the length of its longest proper prefix that is also its suffix.</summary>
    private static int[] Borders(string pattern)
    {
        var border = new int[pattern.Length];
        for (int i = 1, matched = 0; i < pattern.Length; i++)
        {
            while (matched > 0 && pattern[i] != pattern[matched]) matched = border[matched - 1];
            if (pattern[i] == pattern[matched]) matched++;
            border[i] = matched;
        }

        return border;
    }
}
