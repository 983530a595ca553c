using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// A regular expression that no scanner stands for, run by .NET's backtracking engine with a bound on its time. (The engine
/// without backtracking would need none, but that of .NET 10 misses matches: <c>\s?\p{P}+</c> finds one in " A'LL-x'", not
/// three; the tests would show it.) Each code point is one character of the text that is searched: those beyond the basic plane,
/// and bytes that are no UTF-8, are stood for by a character of the same category.
/// </summary>
internal sealed class RegexPattern : TextPattern
{
    private const int MostCharacters = 4096;

    // One seldom met character of each category, by the number of the category.
    private const string StandIns =
        "\uA640\uA641\u1F88\uA4F8\uA840\uA8E0\uA823\uA670\uA8D0\uA6E6\uA830\u3000\u2028\u2029\u0001\uFFF9\uFFFD\uE000"
        + "\u2054\u2E17\u2E22\u2E23\u2E02\u2E03\uA874\u2A00\uA838\uA700\uA828\u0378";

    private readonly Regex _regex;

    /// <param name="pattern">The expression as the file has it.</param>
    /// <exception cref="ArgumentException">.NET does not read it; the message says why.</exception>
    public RegexPattern(string pattern)
    {
        if (pattern.Length > MostCharacters)
        {
            throw new ArgumentException($"it has more than {MostCharacters} characters", nameof(pattern));
        }

        _regex = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    public override void FindMatches(ReadOnlySpan<byte> text, List<(int Start, int End)> matches)
    {
        var characters = new char[text.Length];
        var count = 0;
        for (var at = 0; at < text.Length;)
        {
            characters[count++] = StandIn(CodePoints.Decode(text, at, out var length));
            at += length;
        }

        // A second, and one more for each megabyte: far more than an expression takes that does not run away.
        var clock = Stopwatch.StartNew();
        var most = TimeSpan.FromSeconds(1 + (text.Length / 1e6));
        var (bytes, index) = (0, 0);
        try
        {
            foreach (var match in _regex.EnumerateMatches(characters.AsSpan(0, count)))
            {
                if (match.Length == 0) continue;
                if (clock.Elapsed > most) throw new RegexMatchTimeoutException();
                bytes = Advance(text, bytes, match.Index - index);
                var end = Advance(text, bytes, match.Length);
                matches.Add((bytes, end));
                (bytes, index) = (end, match.Index + match.Length);
            }
        }
        catch (RegexMatchTimeoutException)
        {
            throw new InvalidDataException(
                $"tokenizer.json: the regular expression '{Printable.Name($"{_regex}")}' takes too long on this text; "
                + "split the text, or use another tokenizer");
        }
    }

    private static int Advance(ReadOnlySpan<byte> text, int at, int characters)
    {
        for (; characters > 0; characters--)
        {
            var length = 1;
            if (text[at] >= 0x80) CodePoints.Decode(text, at, out length);
            at += length;
        }

        return at;
    }

    private static char StandIn(int codePoint) =>
        codePoint < 0x10000 ? (char)codePoint : StandIns[(int)CharUnicodeInfo.GetUnicodeCategory(codePoint)];
}
