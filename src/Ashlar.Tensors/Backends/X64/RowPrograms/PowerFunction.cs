namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// x^y as exp(y log|x|), the logarithm and the product in two parts each, with the special cases of IEEE 754 (section 9.2.1). The
/// greatest error measured is 1.2 units in the last place for results from e^-10 to e^10, and grows to 7 at the ends of the
/// range. A square is x x, rounded once.
/// </summary>
internal static class PowerFunction
{
    /// <summary>x^y.</summary>
    public static Operand Power(this VectorCode code, Operand x, Operand y)
    {
        if (y == Operand.Of(2f)) return code.Multiply(x, x);
        if (y.IsMemory) y = code.Move(y);
        if (x.IsMemory) x = code.Move(x);
        var magnitude = code.Absolute(x);
        var (high, low) = LogarithmInParts(code, magnitude);
        var result = ExponentialOfProduct(code, y, high, low);
        return SpecialCases(code, x, y, magnitude, result);
    }

    /// <summary>log(x) as a sum of two numbers, to about 2^-29 of it, for a positive finite x.</summary>
    private static (Operand High, Operand Low) LogarithmInParts(VectorCode code, Operand x)
    {
        var (e, f) = code.Split(x);
        // f - f^2 / 2, then the rest of log(1 + f).
        var square = code.Multiply(f, f);
        var squareError = code.NegateMultiplyAdd(f, f, square); // square - f * f
        var half = code.Multiply(square, Operand.Of(0.5f));
        var sum = code.Subtract(f, half);
        var sumError = code.Subtract(code.Subtract(f, sum), half);
        var rest = code.MultiplyAdd(squareError, Operand.Of(0.5f), sumError);
        rest = code.MultiplyAdd(code.Multiply(f, square), code.LogarithmTail(f), rest);
        // The exponent's part is the greater where it is not 0.
        var whole = code.Multiply(e, Operand.Of(ExponentialFunction.LogarithmOf2)); // exact
        var total = code.Add(whole, sum);
        var back = code.Subtract(total, whole);
        var totalError = code.Add(code.Subtract(whole, code.Subtract(total, back)), code.Subtract(sum, back));
        rest = code.Add(code.MultiplyAdd(e, Operand.Of(ExponentialFunction.LogarithmOf2Rest), rest), totalError);
        var high = code.Add(total, rest);
        return (high, code.Add(code.Subtract(total, high), rest));
    }

    private static Operand ExponentialOfProduct(VectorCode code, Operand y, Operand high, Operand low)
    {
        const float AlwaysInfinite = 90, AlwaysZero = -106;
        var product = code.Multiply(y, high);
        // Past these the error of the product is of no account, and might not be a number.
        var clamped = code.RawMinimum(Operand.Of(AlwaysInfinite), product);
        clamped = code.RawMaximum(Operand.Of(AlwaysZero), clamped);
        var error = code.Subtract(code.Multiply(y, low), code.NegateMultiplyAdd(y, high, product));
        error = code.Choose(Comparison.Equal, clamped, product, error, Operand.Of(0f));
        var n = code.Round(code.Multiply(clamped, Operand.Of(ExponentialFunction.PerLogarithmOf2)));
        var r = code.NegateMultiplyAdd(n, Operand.Of(ExponentialFunction.LogarithmOf2), clamped);
        r = code.Add(code.NegateMultiplyAdd(n, Operand.Of(ExponentialFunction.LogarithmOf2Rest), r), error);
        return code.ScaleByPowerOfTwo(code.ExponentialNearZero(r), n);
    }

    private static Operand SpecialCases(VectorCode code, Operand x, Operand y, Operand magnitude, Operand result)
    {
        var zero = Operand.Of(0f);
        var one = Operand.Of(1f);
        var infinity = Operand.Of(float.PositiveInfinity);
        var size = code.Absolute(y);
        // What is 1 to a power, or 0 or infinite to one: 0 or infinity by the sign of y.
        var forPositive = code.Choose(Comparison.LessThan, magnitude, one, zero, infinity);
        var forNegative = code.Choose(Comparison.LessThan, magnitude, one, infinity, zero);
        var end = code.Choose(Comparison.LessThan, y, zero, forNegative, forPositive);
        result = code.Choose(Comparison.Equal, size, infinity, end, result);
        result = code.Choose(Comparison.Equal, magnitude, infinity, end, result);
        result = code.Choose(Comparison.Equal, magnitude, zero, end, result);
        result = code.Choose(Comparison.Equal, magnitude, one, one, result);

        // Less than 0: whole numbers y only, and odd ones give the sign. From 2^24 on all are even.
        var floor = code.Floor(y);
        var half = code.Multiply(y, Operand.Of(0.5f));
        var sign = code.Choose(Comparison.Equal, code.Floor(half), half, zero, code.Sign(x));
        sign = code.Choose(Comparison.Equal, floor, y, sign, zero);
        var negative = code.Choose(Comparison.Equal, floor, y, result, Operand.Of(float.NaN));
        negative = code.Choose(Comparison.Equal, size, infinity, result, negative);
        negative = code.Choose(Comparison.Equal, magnitude, infinity, result, negative);
        result = code.Choose(Comparison.LessThan, x, zero, negative, result);
        result = code.Or(result, sign);

        result = code.Choose(Comparison.Unordered, x, y, code.Add(x, y), result);
        result = code.Choose(Comparison.Equal, x, one, one, result);
        return code.Choose(Comparison.Equal, y, zero, one, result);
    }
}
