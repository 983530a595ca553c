using System.Numerics;
using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates.Operations;

/// <summary>
/// Python's arithmetic: integers without bounds of their own, floats where one side is a float, sequences that add and
/// repeat.
/// </summary>
internal static class Arithmetic
{
    public static Value Add(Value left, Value right, Budget budget)
    {
        switch (left, right)
        {
            case (StringValue a, StringValue b):
                return Join(a, b, budget);
            case (ListValue or TupleValue, SequenceValue b) when left.GetType() == right.GetType():
                var a0 = (SequenceValue)left;
                budget.AllocateElements(a0.Elements.Count + b.Elements.Count);
                return a0.Make([.. a0.Elements, .. b.Elements]);
            default:
                return Numeric("+", left, right, budget, (x, y) => x + y, (x, y) => x + y);
        }
    }

    public static Value Subtract(Value left, Value right, Budget budget) =>
        Numeric("-", left, right, budget, (x, y) => x - y, (x, y) => x - y);

    public static Value Multiply(Value left, Value right, Budget budget)
    {
        if (left is StringValue or ListValue or TupleValue && Numbers.TryInteger(right, out var count))
        {
            return Repeat(left, count, budget);
        }

        if (right is StringValue or ListValue or TupleValue && Numbers.TryInteger(left, out count))
        {
            return Repeat(right, count, budget);
        }

        if (Numbers.TryInteger(left, out var a) && Numbers.TryInteger(right, out var b))
        {
            budget.EnsureInteger(a.GetBitLength() + b.GetBitLength());
        }

        return Numeric("*", left, right, budget, (x, y) => x * y, (x, y) => x * y);
    }

    public static Value Divide(Value left, Value right, Budget budget)
    {
        if (!Numbers.IsNumber(left) || !Numbers.IsNumber(right)) throw Unsupported("/", left, right, budget);
        if (!right.IsTrue) throw budget.Error("division by zero");
        if (Numbers.TryInteger(left, out var i) && Numbers.TryInteger(right, out var j))
        {
            return new FloatValue(Numbers.Divide(i, j, budget));
        }

        _ = Numbers.TryDouble(left, out var a) & Numbers.TryDouble(right, out var b);
        return new FloatValue(Finite(a, left, budget) / Finite(b, right, budget));
    }

    public static Value FloorDivide(Value left, Value right, Budget budget)
    {
        EnsureDivisor("//", left, right, budget);
        return Numeric("//", left, right, budget, FloorDivide, FloorDivide);
    }

    public static Value Modulo(Value left, Value right, Budget budget)
    {
        if (left is StringValue format) return PercentFormat.Apply(format, right, budget);
        EnsureDivisor("%", left, right, budget);
        return Numeric("%", left, right, budget, (x, y) => x - FloorDivide(x, y) * y, Modulo);
    }

    public static Value Power(Value left, Value right, Budget budget)
    {
        if (Numbers.TryInteger(left, out var a) && Numbers.TryInteger(right, out var b) && b.Sign >= 0)
        {
            if (BigInteger.Abs(a) <= 1) return IntValue.Of(b.IsZero ? 1 : a.Sign < 0 && b.IsEven ? 1 : a);
            var bits = b > int.MaxValue ? long.MaxValue : (a.GetBitLength() - 1) * (long)b;
            budget.EnsureInteger(bits);
            budget.Compute(bits, bits);
            return IntValue.Of(BigInteger.Pow(a, (int)b));
        }

        if (!Numbers.TryDouble(left, out var x) || !Numbers.TryDouble(right, out var y))
        {
            throw Unsupported("**", left, right, budget);
        }

        if (x == 0 && y < 0) throw budget.Error("0.0 cannot be raised to a negative power");
        var power = Math.Pow(x, y);
        if (double.IsNaN(power) && !double.IsNaN(x) && !double.IsNaN(y)) throw budget.Error("a power that is a complex number");
        return double.IsInfinity(power) && double.IsFinite(x) && double.IsFinite(y)
            ? throw budget.Error("the result of ** is too large for a float")
            : new FloatValue(power);
    }

    public static Value Negate(Value value, Budget budget) => value is FloatValue real
        ? new FloatValue(-real.Number)
        : Numbers.TryInteger(value, out var integer) ? IntValue.Of(-integer) : throw BadUnary("-", value, budget);

    public static Value Plus(Value value, Budget budget) => value is FloatValue
        ? value
        : Numbers.TryInteger(value, out var integer) ? IntValue.Of(integer) : throw BadUnary("+", value, budget);

    private static TemplateException BadUnary(string operation, Value value, Budget budget) =>
        budget.Error(value, $"bad operand type for unary {operation}: '{value.TypeName}'");

    private static TemplateException Unsupported(string operation, Value left, Value right, Budget budget) =>
        budget.Error(left, right, $"unsupported operand types for {operation}: '{left.TypeName}' and '{right.TypeName}'");

    private static Value Numeric(
        string operation,
        Value left,
        Value right,
        Budget budget,
        Func<BigInteger, BigInteger, BigInteger> integers,
        Func<double, double, double> floats)
    {
        if (Numbers.TryInteger(left, out var a) && Numbers.TryInteger(right, out var b))
        {
            budget.Compute(a.GetBitLength(), b.GetBitLength());
            var result = integers(a, b);
            budget.EnsureInteger(result.GetBitLength());
            return IntValue.Of(result);
        }

        if (!Numbers.TryDouble(left, out var x) || !Numbers.TryDouble(right, out var y))
        {
            throw Unsupported(operation, left, right, budget);
        }

        return new FloatValue(floats(Finite(x, left, budget), Finite(y, right, budget)));
    }

    private static double Finite(double number, Value value, Budget budget) => double.IsInfinity(number) && value is IntValue
        ? throw budget.Error("an integer is too large for a float")
        : number;

    private static void EnsureDivisor(string operation, Value left, Value right, Budget budget)
    {
        if (!Numbers.IsNumber(left) || !Numbers.IsNumber(right)) throw Unsupported(operation, left, right, budget);
        if (!right.IsTrue) throw budget.Error("division or modulo by zero");
    }

    private static BigInteger FloorDivide(BigInteger left, BigInteger right)
    {
        var quotient = BigInteger.DivRem(left, right, out var remainder);
        return !remainder.IsZero && remainder.Sign != right.Sign ? quotient - 1 : quotient;
    }

    private static double FloorDivide(double left, double right)
    {
        var quotient = (left - Modulo(left, right)) / right;
        if (quotient == 0) return Math.CopySign(0, left / right);
        var floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    /// <summary>The remainder takes the sign of the divisor.</summary>
    private static double Modulo(double left, double right)
    {
        var remainder = left % right;
        if (remainder == 0) return Math.CopySign(0, right);
        return remainder < 0 != right < 0 ? remainder + right : remainder;
    }

    private static StringValue Join(StringValue left, StringValue right, Budget budget)
    {
        budget.AllocateText((long)left.Text.Length + right.Text.Length);
        if (!left.IsMarkup && !right.IsMarkup) return new(left.Text + right.Text);
        return new(HtmlText.Escape(left, budget).Text + HtmlText.Escape(right, budget).Text, isMarkup: true);
    }

    private static Value Repeat(Value value, BigInteger times, Budget budget)
    {
        var count = (long)BigInteger.Clamp(times, 0, int.MaxValue);
        if (value is StringValue { Text: var text } source)
        {
            budget.AllocateText(text.Length * count);
            return new StringValue(string.Create((int)(text.Length * count), text, (span, part) =>
            {
                for (var at = 0; at < span.Length; at += part.Length) part.CopyTo(span[at..]);
            }), source.IsMarkup);
        }

        var elements = ((SequenceValue)value).Elements;
        budget.AllocateElements(elements.Count * count);
        var repeated = new Value[elements.Count * count];
        for (var i = 0; i < repeated.Length; i++) repeated[i] = elements[i % elements.Count];
        return ((SequenceValue)value).Make(repeated);
    }
}
