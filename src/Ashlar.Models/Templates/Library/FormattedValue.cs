using System.Globalization;
using System.Numerics;
using System.Text;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>Writes one value as a format specification asks.</summary>
internal sealed class FormattedValue(FormatSpecification how, TextSink sink)
{
    public void Write(Value value)
    {
        sink.Budget.Step(16 + 4L * (how.Precision ?? 0));
        switch (value)
        {
            case StringValue text when how.Type is '\0' or 's':
                if (how.Align == '=' || how.Sign != '\0' || how.HasPrefix || how.Grouping != '\0') throw Misfit(value);
                Pad("", how.Precision < text.CodePoints ? text.Text[..text.Offset(how.Precision.Value)] : text.Text, '<');
                break;
            case IntValue or BoolValue when how.Type is '\0' or 'd' or 'n' or 'b' or 'o' or 'x' or 'X' or 'c':
                if (how.Precision is not null || !CanGroup("dboxX")) throw Misfit(value);
                _ = Numbers.TryInteger(value, out var integer);
                WriteInteger(integer);
                break;
            case IntValue or BoolValue or FloatValue
                when how.Type is '\0' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'n' or '%':
                if (!CanGroup("eEfFgG%")) throw Misfit(value);
                _ = Numbers.TryDouble(value, out var real);
                WriteFloat(real);
                break;
            default:
                throw Misfit(value);
        }
    }

    private TemplateException Misfit(Value value) =>
        sink.Budget.Error($"the format specification does not fit a value of type '{value.TypeName}'");

    /// <summary>Commas group decimal digits alone, underscores also those of other bases.</summary>
    private bool CanGroup(string types) => how.Grouping == '\0' || how.Type == '\0'
        || types.Contains(how.Type, StringComparison.Ordinal)
            && (how.Grouping == '_' || how.Type is not ('b' or 'o' or 'x' or 'X'));

    private void WriteInteger(BigInteger number)
    {
        if (how.Type == 'c')
        {
            Pad("", CharacterText.FromCode(number, sink.Budget), '<');
            return;
        }

        var (bits, prefix) = how.Type switch
        {
            'b' => (1, "0b"),
            'o' => (3, "0o"),
            'x' => (4, "0x"),
            'X' => (4, "0X"),
            _ => (0, ""),
        };
        var magnitude = BigInteger.Abs(number);
        sink.Budget.Compute(magnitude.GetBitLength(), magnitude.GetBitLength());
        var digits = bits == 0
            ? magnitude.ToString(CultureInfo.InvariantCulture)
            : CharacterText.Digits(magnitude, bits, how.Type == 'X');
        WriteNumber(Sign(number.Sign < 0) + (how.HasPrefix ? prefix : ""), digits, "", groupSize: bits == 0 ? 3 : 4);
    }

    private void WriteFloat(double number)
    {
        var magnitude = Math.Abs(number);
        var text = how.Type switch
        {
            'f' or 'F' => FloatText.Fixed(magnitude, how.Precision ?? 6),
            'e' or 'E' => FloatText.Scientific(magnitude, how.Precision ?? 6),
            '%' => FloatText.Fixed(magnitude * 100, how.Precision ?? 6) + "%",
            '\0' when how.Precision is null => FloatText.Repr(magnitude),
            '\0' => FloatText.General(magnitude, how.Precision!.Value, how.HasPrefix, keepFraction: true),
            _ => FloatText.General(magnitude, how.Precision ?? 6, how.HasPrefix),
        };
        if (how.HasPrefix) text = FloatText.WithPoint(text);
        if (how.Type is 'E' or 'F' or 'G') text = text.ToUpperInvariant();
        var whole = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : text.Length;
        WriteNumber(Sign(double.IsNegative(number)), text[..whole], text[whole..], groupSize: 3);
    }

    private string Sign(bool isNegative) => isNegative ? "-" : how.Sign is '\0' or '-' ? "" : how.Sign.ToString();

    private void WriteNumber(string sign, string digits, string tail, int groupSize)
    {
        if (how.Grouping != '\0')
        {
            // Zeros that fill the width are digits too, and grouped with the rest.
            var isFilled = how.Fill == "0" && (how.Align == '=' || how.Align == '\0' && how.HasZeros);
            var least = isFilled ? how.Width - sign.Length - tail.Length : 0;
            sink.Budget.AllocateText(Math.Max(least, 2 * digits.Length));
            var count = digits.Length;
            while (count > 0 && count + (count - 1) / groupSize < least) count++;
            digits = Group(digits.PadLeft(count, '0'), groupSize);
        }

        Pad(sign, digits + tail, '>');
    }

    private string Group(string digits, int size)
    {
        var grouped = new StringBuilder(2 * digits.Length);
        for (var i = 0; i < digits.Length; i++)
        {
            if (i > 0 && (digits.Length - i) % size == 0) grouped.Append(how.Grouping);
            grouped.Append(digits[i]);
        }

        return grouped.ToString();
    }

    private void Pad(string sign, string text, char naturalAlign)
    {
        var missing = Math.Max(0, how.Width - sign.Length - StringValue.CountCodePoints(text));
        var align = how.Align != '\0' ? how.Align : how.HasZeros && naturalAlign == '>' ? '=' : naturalAlign;
        var left = align switch { '>' => missing, '^' => missing / 2, _ => 0 };
        var middle = align == '=' ? missing : 0;
        sink.Append(how.Fill, left);
        sink.Append(sign);
        sink.Append(how.Fill, middle);
        sink.Append(text);
        sink.Append(how.Fill, missing - left - middle);
    }
}
