using System.Globalization;
using System.Numerics;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Python's format specification: <c>[[fill]align][sign][#][0][width][,_][.precision][type]</c>.</summary>
internal sealed record FormatSpecification(
    string Fill, char Align, char Sign, bool HasPrefix, int Width, char Grouping, int? Precision, char Type)
{
    /// <summary>Digits of a float beyond these are zeros, so more are an attack.</summary>
    private const int MostPrecision = 4_000;

    public static FormatSpecification Parse(string text, Budget budget)
    {
        var at = 0;
        var fill = " ";
        var align = '\0';
        var fillWidth = text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? 2 : 1;
        if (text.Length > fillWidth && text[fillWidth] is '<' or '>' or '^' or '=' && text.Length > fillWidth)
        {
            (fill, align, at) = (text[..fillWidth], text[fillWidth], fillWidth + 1);
        }
        else if (Peek() is '<' or '>' or '^' or '=')
        {
            align = text[at++];
        }

        var sign = Peek() is '+' or '-' or ' ' ? text[at++] : '-';
        var hasPrefix = Skip('#');
        if (Skip('0') && align == '\0') (fill, align) = ("0", '=');
        var width = Number() ?? 0;
        var grouping = Peek() is ',' or '_' ? text[at++] : '\0';
        int? precision = null;
        if (Skip('.')) precision = Number() ?? throw budget.Error("format specifier missing precision");
        var type = Peek();
        if (type != '\0') at++;
        if (at != text.Length) throw budget.Error($"invalid format specifier '{text}'");
        return new(fill, align, sign, hasPrefix, width, grouping, precision, type);

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

    public void Write(Value value, TextSink sink)
    {
        var budget = sink.Budget;
        if (Precision > MostPrecision) throw budget.Exceeded($"a format has more than {MostPrecision} digits of precision");
        switch (value)
        {
            case BoolValue when Type == '\0':
                Pad("", value.IsTrue ? "True" : "False", '<', sink);
                break;
            case IntValue or BoolValue when Type is '\0' or 'd' or 'n' or 'b' or 'o' or 'x' or 'X' or 'c':
                _ = Numbers.TryInteger(value, out var integer);
                WriteInteger(integer, sink);
                break;
            case IntValue or BoolValue or FloatValue when Type is '\0' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'n' or '%':
                _ = Numbers.TryDouble(value, out var real);
                WriteFloat(real, sink);
                break;
            case StringValue text when Type is '\0' or 's' && Align != '=':
                Pad("", Precision < text.CodePoints ? text.Text[..text.Offset(Precision.Value)] : text.Text, '<', sink);
                break;
            case not (StringValue or IntValue or BoolValue or FloatValue) when this == Plain:
                value.WriteText(sink);
                break;
            default:
                throw budget.Error($"format specification does not fit a value of type '{value.TypeName}'");
        }
    }

    private static FormatSpecification Plain { get; } = new(" ", '\0', '-', false, 0, '\0', null, '\0');

    private void WriteInteger(BigInteger number, TextSink sink)
    {
        if (Precision is not null) throw sink.Budget.Error("precision not allowed in an integer format specifier");
        if (Type == 'c')
        {
            Pad("", CharacterText.FromCode(number, sink.Budget), '<', sink);
            return;
        }

        var (bits, prefix) = Type switch { 'b' => (1, "0b"), 'o' => (3, "0o"), 'x' => (4, "0x"), 'X' => (4, "0X"), _ => (0, "") };
        var magnitude = BigInteger.Abs(number);
        var digits = bits == 0 ? magnitude.ToString(CultureInfo.InvariantCulture) : CharacterText.Digits(magnitude, bits, Type == 'X');
        Pad(SignOf(number.Sign < 0) + (HasPrefix ? prefix : ""), Group(digits, bits == 0 ? 3 : 4), '>', sink);
    }

    private void WriteFloat(double number, TextSink sink)
    {
        var magnitude = Math.Abs(number);
        var text = Type switch
        {
            'f' or 'F' => FloatText.Fixed(magnitude, Precision ?? 6),
            'e' or 'E' => FloatText.Scientific(magnitude, Precision ?? 6),
            '%' => FloatText.Fixed(magnitude * 100, Precision ?? 6) + "%",
            '\0' when Precision is null => FloatText.Repr(magnitude),
            '\0' => WithFraction(FloatText.General(magnitude, Precision!.Value)),
            _ => FloatText.General(magnitude, Precision ?? 6, HasPrefix),
        };
        if (Type is 'E' or 'F' or 'G') text = text.ToUpperInvariant();
        var whole = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;
        Pad(SignOf(double.IsNegative(number)), Group(text[..whole], 3) + text[whole..], '>', sink);
    }

    private static string WithFraction(string text) => text.AsSpan().ContainsAny("en.") ? text : text + ".0";

    private string SignOf(bool isNegative) => isNegative ? "-" : Sign == '-' ? "" : Sign.ToString();

    private string Group(string digits, int size)
    {
        if (Grouping == '\0') return digits;
        for (var at = digits.Length - size; at > 0; at -= size) digits = digits.Insert(at, Grouping.ToString());
        return digits;
    }

    private void Pad(string sign, string text, char naturalAlign, TextSink sink)
    {
        var missing = Math.Max(0, Width - sign.Length - StringValue.CountCodePoints(text));
        var align = Align == '\0' ? naturalAlign : Align;
        var left = align switch { '>' => missing, '^' => missing / 2, _ => 0 };
        var middle = align == '=' ? missing : 0;
        Repeat(left);
        sink.Append(sign);
        Repeat(middle);
        sink.Append(text);
        Repeat(missing - left - middle);

        void Repeat(int count)
        {
            if (Fill.Length == 1) sink.Append(Fill[0], count);
            else for (var i = 0; i < count; i++) sink.Append(Fill);
        }
    }
}
