using System.Globalization;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Unicode's normalization forms (Unicode Standard Annex 15). Our own, because without ICU, as the program runs, the runtime
/// returns text as it is.
/// </summary>
internal static class UnicodeNormalization
{
    // Hangul syllables are composed by arithmetic (The Unicode Standard, 3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    private const int Leads = 19, Vowels = 21, Trails = 28, Syllables = Leads * Vowels * Trails;

    private static readonly Lazy<Tables> Data = new(() => new Tables());

    /// <summary>Appends the decomposition of a code point, in canonical order only after <see cref="Reorder"/>.</summary>
    public static void Decompose(int codePoint, bool compatibility, List<int> output)
    {
        if ((uint)(codePoint - SyllableBase) < Syllables)
        {
            var index = codePoint - SyllableBase;
            output.Add(LeadBase + (index / (Vowels * Trails)));
            output.Add(VowelBase + (index % (Vowels * Trails) / Trails));
            if (index % Trails > 0) output.Add(TrailBase + (index % Trails));
        }
        else if (codePoint >= 0xA0
            && (Data.Value.Canonical.TryGetValue(codePoint, out var parts)
                || (compatibility && Data.Value.Compatibility.TryGetValue(codePoint, out parts))))
        {
            // A decomposition is one step; the longest chain in the standard's data is four.
            foreach (var part in parts) Decompose(part, compatibility, output);
        }
        else
        {
            output.Add(codePoint);
        }
    }

    /// <summary>The combining class of a code point: 0 for what begins a new cluster.</summary>
    public static int CombiningClass(int codePoint) =>
        codePoint >= 0x300 && Data.Value.CombiningClasses.TryGetValue(codePoint, out var value) ? value : 0;

    /// <summary>Puts the marks of each cluster into canonical order (a stable sort by combining class).</summary>
    public static void Reorder(Span<int> codePoints)
    {
        for (var i = 0; i < codePoints.Length; i++)
        {
            if (CombiningClass(codePoints[i]) == 0) continue;
            var end = i + 1;
            while (end < codePoints.Length && CombiningClass(codePoints[end]) != 0) end++;
            SortMarks(codePoints[i..end]);
            i = end - 1;
        }
    }

    /// <summary>Composes decomposed code points in place; returns how many are left.</summary>
    public static int Compose(Span<int> codePoints)
    {
        var (count, starter, lastClass) = (0, -1, -1);
        foreach (var codePoint in codePoints)
        {
            var mark = CombiningClass(codePoint);
            // A code point is blocked from its starter by one between them of class 0, or of its own class or more.
            if (starter >= 0 && (lastClass < mark || lastClass == -1)
                && TryCompose(codePoints[starter], codePoint, out var composed))
            {
                codePoints[starter] = composed;
                continue;
            }

            if (mark == 0) (starter, lastClass) = (count, -1);
            else lastClass = mark;
            codePoints[count++] = codePoint;
        }

        return count;
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        if ((uint)(first - LeadBase) < Leads && (uint)(second - VowelBase) < Vowels)
        {
            composed = SyllableBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Trails);
            return true;
        }

        if ((uint)(first - SyllableBase) < Syllables && (first - SyllableBase) % Trails == 0
            && (uint)(second - TrailBase - 1) < Trails - 1)
        {
            composed = first + second - TrailBase;
            return true;
        }

        return Data.Value.Compositions.TryGetValue((first, second), out composed);
    }

    private static void SortMarks(Span<int> marks)
    {
        if (marks.Length < 2) return;

        // Mostly two or three; a hostile text may have millions, so a sort that is stable and n log n.
        if (marks.Length <= 16)
        {
            for (var i = 1; i < marks.Length; i++)
            {
                for (var j = i; j > 0 && CombiningClass(marks[j - 1]) > CombiningClass(marks[j]); j--)
                {
                    (marks[j - 1], marks[j]) = (marks[j], marks[j - 1]);
                }
            }

            return;
        }

        var sorted = marks.ToArray().OrderBy(CombiningClass).ToArray();
        sorted.CopyTo(marks);
    }

    private sealed class Tables
    {
        public Tables()
        {
            foreach (var (key, value) in Entries(NormalizationData.Canonical))
            {
                var parts = value.Split(',').Select(Hexadecimal).ToArray();
                var excluded = key.StartsWith('!');
                var codePoint = Hexadecimal(key.TrimStart('!'));
                Canonical.Add(codePoint, parts);
                if (!excluded) Compositions.Add((parts[0], parts[1]), codePoint);
            }

            foreach (var (key, value) in Entries(NormalizationData.Compatibility))
            {
                Compatibility.Add(Hexadecimal(key), [.. value.Split(',').Select(Hexadecimal)]);
            }

            foreach (var (key, value) in Entries(NormalizationData.CombiningClasses))
            {
                var range = key.Split('-').Select(Hexadecimal).ToArray();
                for (var codePoint = range[0]; codePoint <= range[^1]; codePoint++)
                {
                    CombiningClasses.Add(codePoint, byte.Parse(value, CultureInfo.InvariantCulture));
                }
            }
        }

        public Dictionary<int, int[]> Canonical { get; } = [];

        public Dictionary<int, int[]> Compatibility { get; } = [];

        public Dictionary<(int First, int Second), int> Compositions { get; } = [];

        public Dictionary<int, byte> CombiningClasses { get; } = [];

        private static IEnumerable<(string Key, string Value)> Entries(string table) =>
            from entry in table.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
            let split = entry.IndexOf('=', StringComparison.Ordinal)
            select (entry[..split], entry[(split + 1)..]);

        private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
