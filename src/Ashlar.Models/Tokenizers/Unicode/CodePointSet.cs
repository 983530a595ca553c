namespace Ashlar.Models.Tokenizers;

/// <summary>
/// A set of code points, written as the inside of a bracket expression: literals, ranges, \s, \p{L}, and escapes.
/// </summary>
internal sealed class CodePointSet
{
    private readonly uint _classes;
    private readonly (int First, int Last)[] _ranges;
    private readonly bool[] _ascii = new bool[128];

    private CodePointSet(uint classes, (int, int)[] ranges)
    {
        (_classes, _ranges) = (classes, ranges);
        for (var i = 0; i < 128; i++) _ascii[i] = Has(i);
    }

    /// <summary>Whether the code point belongs to the set.</summary>
    public bool Contains(int codePoint) => codePoint < 128 ? _ascii[codePoint] : Has(codePoint);

    /// <summary>The bytes that can begin a member in UTF-8.</summary>
    public IEnumerable<byte> FirstBytes()
    {
        for (var i = 0; i < 128; i++) if (_ascii[i]) yield return (byte)i;
        // A byte above is cheap to try and seldom met where it cannot match.
        for (var i = 128; i < 256; i++) yield return (byte)i;
    }

    /// <summary>Reads a set, for example <c>\p{L}\p{M}0-9_</c>. Meant for the fixed sets of the code, not for input.</summary>
    public static CodePointSet Parse(string notation)
    {
        uint classes = 0;
        List<(int, int)> ranges = [];
        var runes = notation.EnumerateRunes().ToArray();
        for (var i = 0; i < runes.Length; i++)
        {
            if (runes[i].Value == '\\' && runes[i + 1].Value == 'p')
            {
                var close = Array.FindIndex(runes, i, rune => rune.Value == '}');
                classes |= ClassNamed(string.Concat(runes[(i + 3)..close]));
                i = close;
            }
            else if (runes[i].Value == '\\' && runes[i + 1].Value == 's')
            {
                classes |= CodePoints.White;
                i++;
            }
            else
            {
                if (runes[i].Value == '\\') i++;
                var first = runes[i].Value;
                var last = first;
                if (i + 2 < runes.Length && runes[i + 1].Value == '-')
                {
                    last = runes[i + 2].Value;
                    i += 2;
                }

                ranges.Add((first, last));
            }
        }

        ranges.Sort();
        return new CodePointSet(classes, [.. ranges]);
    }

    private bool Has(int codePoint)
    {
        if ((CodePoints.ClassOf(codePoint) & _classes) != 0) return true;
        var (low, high) = (0, _ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            if (codePoint < _ranges[middle].First) high = middle - 1;
            else if (codePoint > _ranges[middle].Last) low = middle + 1;
            else return true;
        }

        return false;
    }

    private static uint ClassNamed(string name) => name switch
    {
        "L" => CodePoints.Letter,
        "M" => CodePoints.Mark,
        "N" => CodePoints.Number,
        "P" => CodePoints.Punctuation,
        "S" => CodePoints.Symbol,
        _ => throw new ArgumentException($"no such class: {name}", nameof(name)),
    };
}
