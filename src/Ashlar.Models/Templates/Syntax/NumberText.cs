using System.Globalization;
using System.Numerics;

namespace Ashlar.Models.Templates.Syntax;

/// <summary>
/// Number literals: decimal, binary, octal and hexadecimal integers and floats, with underscores between digits.
/// </summary>
internal static class NumberText
{
    private const int LongestInteger = 4_000;

    /// <summary>Moves past the number that begins here and says which kind it is.</summary>
    public static TokenKind Scan(string source, ref int at)
    {
        var start = at;
        var end = Digits(source, at, char.IsAsciiDigit);
        var isAfterDot = start > 0 && source[start - 1] == '.';
        var fraction = end + 1 < source.Length && source[end] == '.' ? Digits(source, end + 1, char.IsAsciiDigit) : end;
        if (fraction <= end + 1) fraction = end;
        var exponent = Exponent(source, fraction);
        if (!isAfterDot && Math.Max(fraction, exponent) > end)
        {
            at = Math.Max(fraction, exponent);
            return TokenKind.Float;
        }

        at = source[start] != '0' ? end
            : Radix(source, start) is var (digit, _) ? Prefixed(source, start, digit)
            : Zeros(source, start);
        return TokenKind.Integer;
    }

    public static double ParseFloat(string text) =>
        double.Parse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);

    public static BigInteger ParseInteger(string text, Position at)
    {
        if (text.Length > LongestInteger) throw TokenStream.Error($"an integer has more than {LongestInteger} characters", at);
        if (Radix(text, 0) is not var (_, bits) || text.Length < 3)
        {
            return BigInteger.Parse(
                text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture);
        }

        var number = BigInteger.Zero;
        foreach (var c in text.AsSpan(2))
        {
            if (c != '_') number = (number << bits) + Convert.ToInt32(c.ToString(), 16);
        }

        return number;
    }

    private static (Func<char, bool> IsDigit, int Bits)? Radix(string source, int at) =>
        source[at] != '0' || at + 1 >= source.Length ? null : char.ToLowerInvariant(source[at + 1]) switch
        {
            'b' => (c => c is '0' or '1', 1),
            'o' => (c => c is >= '0' and <= '7', 3),
            'x' => (char.IsAsciiHexDigit, 4),
            _ => null,
        };

    private static int Prefixed(string source, int start, Func<char, bool> isDigit)
    {
        var first = start + 2 < source.Length && source[start + 2] == '_' ? start + 3 : start + 2;
        var end = Digits(source, first, isDigit);
        return end > first ? end : start + 1;
    }

    /// <summary>As in Python, a zero may only be followed by zeros.</summary>
    private static int Zeros(string source, int start) => Digits(source, start, c => c == '0');

    private static int Exponent(string source, int at)
    {
        if (at >= source.Length || source[at] is not ('e' or 'E')) return 0;
        var first = at + 1 < source.Length && source[at + 1] is '+' or '-' ? at + 2 : at + 1;
        var end = Digits(source, first, char.IsAsciiDigit);
        return end > first ? end : 0;
    }

    /// <summary>The end of a run of digits with single underscores between them.</summary>
    private static int Digits(string source, int at, Func<char, bool> isDigit)
    {
        var start = at;
        while (at < source.Length)
        {
            if (isDigit(source[at])) at++;
            else if (source[at] == '_' && at > start && at + 1 < source.Length && isDigit(source[at + 1])) at++;
            else break;
        }

        return at;
    }
}
