using System.Globalization;

namespace Ashlar.Engine.Grammars.Automata;

/// <summary>Sets of code points as sorted, disjoint, inclusive ranges. Surrogates belong to none: no text holds them.</summary>
internal static class CodePointRanges
{
    public const int Last = 0x10FFFF;

    private static readonly Dictionary<string, (int, int)[]> Categories = [];

    /// <summary>Every code point.</summary>
    public static (int First, int Last)[] All { get; } = [(0, 0xD7FF), (0xE000, Last)];

    /// <summary>Sorts and joins ranges, and takes surrogates out.</summary>
    public static (int First, int Last)[] Normalize(IEnumerable<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> joined = [];
        foreach (var (first, last) in ranges.Order())
        {
            if (first > last) continue;
            var touches = joined.Count > 0 && first <= joined[^1].Last + 1;
            if (touches) joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, last));
            else joined.Add((first, last));
        }

        return WithoutSurrogates(joined);
    }

    /// <summary>The code points that a normalized set has not.</summary>
    public static (int First, int Last)[] Complement((int First, int Last)[] ranges)
    {
        List<(int First, int Last)> others = [];
        var next = 0;
        foreach (var (first, last) in ranges)
        {
            if (first > next) others.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= Last) others.Add((next, Last));
        return WithoutSurrogates(others);
    }

    /// <summary>
    /// The code points of a general category ("Lu"), a group of them ("L"), or one of a few properties; null for other names.
    /// </summary>
    public static (int First, int Last)[]? OfProperty(string name)
    {
        lock (Categories)
        {
            if (Categories.TryGetValue(name, out var known)) return known;
            Func<int, bool>? contains = name switch
            {
                "Any" => _ => true,
                "ASCII" => code => code < 128,
                "Alphabetic" or "Alpha" => code => Symbol(code)[0] == 'L' || Symbol(code) == "Nl",
                _ => ShortName(name) is { } category
                    ? code => Symbol(code).StartsWith(category, StringComparison.Ordinal)
                    : null,
            };
            if (contains is null) return null;

            List<(int, int)> ranges = [];
            for (var code = 0; code <= Last; code++)
            {
                if (!contains(code)) continue;
                var first = code;
                while (code < Last && contains(code + 1)) code++;
                ranges.Add((first, code));
            }

            return Categories[name] = Normalize(ranges);
        }
    }

    private static (int First, int Last)[] WithoutSurrogates(List<(int First, int Last)> ranges)
    {
        List<(int, int)> kept = [];
        foreach (var (first, last) in ranges)
        {
            if (first < 0xD800) kept.Add((first, Math.Min(last, 0xD7FF)));
            if (last > 0xDFFF) kept.Add((Math.Max(first, 0xE000), last));
        }

        return [.. kept];
    }

    private static string Symbol(int code) => Symbols[(int)CharUnicodeInfo.GetUnicodeCategory(code)];

    // In the order of UnicodeCategory.
    private static readonly string[] Symbols =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd",
        "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static string? ShortName(string name) => name switch
    {
        "L" or "M" or "N" or "P" or "S" or "Z" or "C" => name,
        "Letter" => "L",
        "Uppercase_Letter" or "Uppercase" => "Lu",
        "Lowercase_Letter" or "Lowercase" => "Ll",
        "Mark" => "M",
        "Number" => "N",
        "Decimal_Number" => "Nd",
        "Punctuation" => "P",
        "Symbol" => "S",
        "Separator" => "Z",
        _ => Symbols.Contains(name) ? name : null,
    };
}
