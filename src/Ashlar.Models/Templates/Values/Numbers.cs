using System.Globalization;
using System.Numerics;

namespace Ashlar.Models.Templates.Values;

/// <summary>Booleans, integers and floats seen as one family of numbers.</summary>
internal static class Numbers
{
    public static bool IsNumber(Value value) => value is IntValue or FloatValue or BoolValue;

    /// <summary>An integer or a boolean; a float is no integer, whatever its value.</summary>
    public static bool TryInteger(Value? value, out BigInteger number)
    {
        number = value switch
        {
            IntValue integer => integer.Number,
            BoolValue { IsTrue: true } => BigInteger.One,
            _ => BigInteger.Zero,
        };
        return value is IntValue or BoolValue;
    }

    public static bool TryDouble(Value value, out double number)
    {
        number = value is FloatValue real ? real.Number : TryInteger(value, out var integer) ? ToDouble(integer) : 0;
        return IsNumber(value);
    }

    public static bool AreEqual(Value left, Value right)
    {
        if (!IsNumber(left) || !IsNumber(right)) return false;
        return left is FloatValue || right is FloatValue
            ? Compare(left, right) == 0
            : TryInteger(left, out var a) & TryInteger(right, out var b) && a == b;
    }

    /// <summary>The order of two numbers; null where one of them is not a number (NaN).</summary>
    public static int? Compare(Value left, Value right)
    {
        if (TryInteger(left, out var a) & TryInteger(right, out var b)) return a.CompareTo(b);
        _ = TryDouble(left, out var x) & TryDouble(right, out var y);
        if (double.IsNaN(x) || double.IsNaN(y)) return null;
        if (left is FloatValue && right is FloatValue || double.IsInfinity(x) || double.IsInfinity(y)) return x.CompareTo(y);

        // One is an integer that a double may not hold: compare whole parts exactly, then the fraction.
        return left is FloatValue ? CompareToInteger(x, b) : -CompareToInteger(y, a);
    }

    /// <summary>Equal numbers of different types must share a hash, for they are one dictionary key.</summary>
    public static int Hash(Value value) => value switch
    {
        FloatValue { Number: var real } when !double.IsFinite(real) || real != Math.Floor(real) => real.GetHashCode(),
        FloatValue { Number: var real } => new BigInteger(real).GetHashCode(),
        _ => TryInteger(value, out var integer) ? integer.GetHashCode() : 0,
    };

    /// <summary>The double nearest to the quotient of two integers of any size.</summary>
    public static double Divide(BigInteger dividend, BigInteger divisor, Budget budget)
    {
        if (dividend.GetBitLength() <= 53 && divisor.GetBitLength() <= 53) return (double)dividend / (double)divisor;

        budget.Compute(dividend.GetBitLength(), divisor.GetBitLength());

        // A quotient of at least 66 bits, whose last bit also stands for all that follows it, rounds as the whole does.
        var shift = Math.Max(0, 66 + (int)divisor.GetBitLength() - (int)dividend.GetBitLength());
        var quotient = BigInteger.DivRem(BigInteger.Abs(dividend) << shift, BigInteger.Abs(divisor), out var rest);
        if (!rest.IsZero) quotient |= BigInteger.One;
        var result = Math.ScaleB(ToDouble(quotient), -shift);
        if (double.IsInfinity(result)) throw budget.Error("integer division result too large for a float");
        return dividend.Sign == divisor.Sign ? result : -result;
    }

    /// <summary>The nearest double; the runtime's own conversion cuts off instead of rounding.</summary>
    private static double ToDouble(BigInteger integer) => integer.GetBitLength() is <= 53 or > 1024
        ? (double)integer
        : double.Parse(integer.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static int CompareToInteger(double real, BigInteger integer)
    {
        var whole = Math.Floor(real);
        var order = new BigInteger(whole).CompareTo(integer);
        return order != 0 ? order : real > whole ? 1 : 0;
    }
}
