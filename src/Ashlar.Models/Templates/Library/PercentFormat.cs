using System.Globalization;
using System.Numerics;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Library;

/// <summary>The <c>%</c> of Python's strings: <c>%[(key)][flags][width][.precision]type</c>.</summary>
internal sealed class PercentFormat
{
    private readonly string _format;
    private readonly Budget _budget;
    private readonly Value _source;
    private readonly IReadOnlyList<Value> _values;
    private int _at;
    private int _next;

    private PercentFormat(string format, Value values, Budget budget)
    {
        _format = format;
        _budget = budget;
        _source = values;
        _values = values is TupleValue tuple ? tuple.Elements : [values];
    }

    public static StringValue Apply(StringValue format, Value values, Budget budget)
    {
        budget.Scan(format.Text.Length);
        var sink = new TextSink(budget);
        new PercentFormat(format.Text, values, budget).Write(sink);
        return sink.ToValue();
    }

    private void Write(TextSink sink)
    {
        while (_at < _format.Length)
        {
            var mark = _format.IndexOf('%', _at);
            var end = mark < 0 ? _format.Length : mark;
            sink.Append(_format.AsSpan(_at, end - _at));
            _at = end + 1;
            if (mark >= 0) WriteField(sink);
        }

        if (_next < _values.Count && _source is not (DictValue or ListValue or RangeValue or UndefinedValue))
        {
            throw _budget.Error("not all arguments converted during string formatting");
        }
    }

    private void WriteField(TextSink sink)
    {
        var keyed = Peek() == '(' ? Keyed() : null;
        var flags = _at;
        while (Peek() is '-' or '+' or ' ' or '#' or '0') _at++;
        var flag = _format.AsSpan(flags, _at - flags);
        var (isLeft, hasSign, hasSpace, hasPrefix, hasZeros) =
            (flag.Contains('-'), flag.Contains('+'), flag.Contains(' '), flag.Contains('#'), flag.Contains('0'));
        var width = Number();
        if (width < 0) (isLeft, width) = (true, -width);
        int? precision = null;
        if (Peek() == '.')
        {
            _at++;
            precision = Math.Max(0, Number());
            FloatText.EnsurePrecision(precision, _budget);
        }

        while (Peek() is 'h' or 'l' or 'L') _at++;
        var type = Peek();
        _at++;
        if (type == '%')
        {
            sink.Append('%');
            return;
        }

        _budget.Step(16 + 4L * (precision ?? 0));
        var (text, isNumber, isNegative) = Convert(type, keyed ?? Next(), precision, hasPrefix);
        var sign = !isNumber ? "" : isNegative ? "-" : hasSign ? "+" : hasSpace ? " " : "";
        var missing = Math.Max(0, width - sign.Length - StringValue.CountCodePoints(text));
        var zeros = isNumber && hasZeros && !isLeft ? missing : 0;
        if (!isLeft) sink.Append(' ', missing - zeros);
        sink.Append(sign);
        sink.Append('0', zeros);
        sink.Append(text);
        if (isLeft) sink.Append(' ', missing);
    }

    private (string Text, bool IsNumber, bool IsNegative) Convert(char type, Value value, int? precision, bool hasPrefix)
    {
        switch (type)
        {
            case 's':
                return (Cut(value.ToText(_budget), precision), false, false);
            case 'r' or 'a':
                return (Cut(value.ToRepr(_budget), precision), false, false);
            case 'c':
                if (value is StringValue { CodePoints: 1, Text: var character }) return (character, false, false);
                return (CharacterText.FromCode(Integer(type, value, allowFloat: false), _budget), false, false);
            case 'd' or 'i' or 'u':
                var number = Integer(type, value, allowFloat: true);
                var whole = BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture);
                return (whole.PadLeft(precision ?? 0, '0'), true, number.Sign < 0);
            case 'x' or 'X' or 'o':
                var bits = Integer(type, value, allowFloat: false);
                var digits = CharacterText.Digits(BigInteger.Abs(bits), type == 'o' ? 3 : 4, type == 'X');
                return ((hasPrefix ? "0" + type : "") + digits.PadLeft(precision ?? 0, '0'), true, bits.Sign < 0);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                if (!Numbers.TryDouble(value, out var real)) throw NotNumber(type, value);
                var text = char.ToLowerInvariant(type) switch
                {
                    'e' => FloatText.Scientific(Math.Abs(real), precision ?? 6),
                    'f' => FloatText.Fixed(Math.Abs(real), precision ?? 6),
                    _ => FloatText.General(Math.Abs(real), precision ?? 6, hasPrefix),
                };
                if (hasPrefix) text = FloatText.WithPoint(text);
                return (char.IsUpper(type) ? text.ToUpperInvariant() : text, true, double.IsNegative(real));
            case '\0':
                throw _budget.Error("incomplete format");
            default:
                throw _budget.Error($"unsupported format character '{type}'");
        }
    }

    private string Cut(string text, int? precision)
    {
        if (precision is not { } most || most >= text.Length) return text;
        _budget.Scan(text.Length);
        var value = new StringValue(text);
        return most >= value.CodePoints ? text : text[..value.Offset(most)];
    }

    private BigInteger Integer(char type, Value value, bool allowFloat)
    {
        if (Numbers.TryInteger(value, out var integer))
        {
            _budget.Compute(integer.GetBitLength(), integer.GetBitLength());
            return integer;
        }

        if (allowFloat && value is FloatValue { Number: var real } && double.IsFinite(real)) return new(Math.Truncate(real));
        throw NotNumber(type, value);
    }

    private TemplateException NotNumber(char type, Value value) =>
        _budget.Error(value, $"%{type} format: a number is required, not {value.TypeName}");

    private Value Keyed()
    {
        var start = ++_at;
        for (var open = 1; open > 0; _at++)
        {
            if (Peek() == '\0') throw _budget.Error("incomplete format key");
            open += Peek() == '(' ? 1 : Peek() == ')' ? -1 : 0;
        }

        var key = _format[start..(_at - 1)];
        if (_source is not DictValue dict) throw _budget.Error("format requires a mapping");
        return dict.Find(new StringValue(key)) ?? throw _budget.Error($"format: there is no key '{key}'");
    }

    private Value Next() =>
        _next < _values.Count ? _values[_next++] : throw _budget.Error("not enough arguments for format string");

    private int Number()
    {
        if (Peek() == '*')
        {
            _at++;
            return Numbers.TryInteger(Next(), out var given)
                ? (int)BigInteger.Clamp(given, -int.MaxValue, int.MaxValue)
                : throw _budget.Error("* wants int");
        }

        var start = _at;
        while (char.IsAsciiDigit(Peek())) _at++;
        if (_at == start) return 0;
        return int.TryParse(_format.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw _budget.Error("width too big");
    }

    private char Peek() => _at < _format.Length ? _format[_at] : '\0';
}
