using System.Globalization;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>
/// Python's format specification: <c>[[fill]align][sign][#][0][width][,_][.precision][type]</c>; what is absent is
/// <c>\0</c> or null.
/// </summary>
internal sealed record FormatSpecification(
    string Fill, char Align, char Sign, bool HasPrefix, bool HasZeros, int Width, char Grouping, int? Precision, char Type)
{
    public static FormatSpecification Parse(string text, Budget budget)
    {
        var at = 0;
        string? fill = null;
        var align = '\0';
        var fillWidth = text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? 2 : 1;
        if (text.Length > fillWidth && text[fillWidth] is '<' or '>' or '^' or '=')
        {
            (fill, align, at) = (text[..fillWidth], text[fillWidth], fillWidth + 1);
        }
        else if (Peek() is '<' or '>' or '^' or '=')
        {
            align = text[at++];
        }

        var sign = Peek() is '+' or '-' or ' ' ? text[at++] : '\0';
        var hasPrefix = Skip('#');
        var hasZeros = Skip('0');
        var width = Number() ?? 0;
        var grouping = Peek() is ',' or '_' ? text[at++] : '\0';
        int? precision = null;
        if (Skip('.')) precision = Number() ?? throw budget.Error("format specifier missing precision");
        FloatText.EnsurePrecision(precision, budget);
        var type = Peek();
        if (type != '\0') at++;
        if (at != text.Length) throw budget.Error($"invalid format specifier '{text}'");
        return new(fill ?? (hasZeros ? "0" : " "), align, sign, hasPrefix, hasZeros, width, grouping, precision, type);

        char Peek() => at < text.Length ? text[at] : '\0';

        bool Skip(char c)
        {
            if (Peek() != c) return false;
            at++;
            return true;
        }

        int? Number()
        {
            var start = at;
            while (char.IsAsciiDigit(Peek())) at++;
            if (at == start) return null;
            return int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw budget.Error("too many decimal digits in format string");
        }
    }
}
