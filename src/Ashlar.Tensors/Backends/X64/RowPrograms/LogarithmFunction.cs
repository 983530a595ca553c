namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// log(x) by x = 2^e m, m from sqrt(1/2) to sqrt(2), with a polynomial of degree 11 for log(m). Of 0 it is -infinity, of less not
/// a number; denormal numbers are taken as they are. The greatest error measured is 0.78 units in the last place.
/// </summary>
internal static class LogarithmFunction
{
    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>log(x).</summary>
    public static Operand Logarithm(this VectorCode code, Operand x)
    {
        var (e, f) = code.Split(x);
        var square = code.Multiply(f, f);
        var tail = code.Multiply(code.Multiply(f, square), code.LogarithmTail(f));
        tail = code.MultiplyAdd(e, Operand.Of(ExponentialFunction.LogarithmOf2Rest), tail);
        tail = code.NegateMultiplyAdd(square, Operand.Of(0.5f), tail);
        var result = code.MultiplyAdd(e, Operand.Of(ExponentialFunction.LogarithmOf2), code.Add(f, tail));
        return code.AtTheEnds(x, result);
    }

    /// <summary>e, and m - 1, of a positive x = 2^e m.</summary>
    public static (Operand Exponent, Operand Fraction) Split(this VectorCode code, Operand x)
    {
        const int SquareRootOfHalf = 0x3F3504F3;
        var normal = code.Choose(
            Comparison.LessThan, x, Operand.Of(SmallestNormal), code.Multiply(x, Operand.Of(8388608f)), x);
        var correction = code.Choose(
            Comparison.LessThan, x, Operand.Of(SmallestNormal), Operand.Of(-23f), Operand.Of(0f));
        var bits = code.SubtractInteger(normal, Operand.Of(SquareRootOfHalf));
        var exponent = code.ShiftRightSigned(bits, 23);
        var mantissa = code.SubtractInteger(normal, code.ShiftLeft(exponent, 23));
        return (code.Add(code.FromInteger(exponent), correction), code.Subtract(mantissa, Operand.Of(1f)));
    }

    /// <summary>(log(1 + f) - f + f^2 / 2) / f^3 for f from sqrt(1/2) - 1 to sqrt(2) - 1.</summary>
    public static Operand LogarithmTail(this VectorCode code, Operand f) => code.Polynomial(
        f, 0.3333331346511841f, -0.25000008940696716f, 0.2000211924314499f, -0.1666799634695053f, 0.14219552278518677f,
        -0.1240558847784996f, 0.11888159066438675f, -0.11675654351711273f, 0.06746649742126465f);

    /// <summary>The result where x is positive and finite; the logarithms of all else.</summary>
    private static Operand AtTheEnds(this VectorCode code, Operand x, Operand result)
    {
        result = code.Choose(Comparison.LessThan, x, Operand.Of(float.PositiveInfinity), result, x);
        result = code.Choose(Comparison.Equal, x, Operand.Of(0f), Operand.Of(float.NegativeInfinity), result);
        return code.Choose(Comparison.LessThan, x, Operand.Of(0f), Operand.Of(float.NaN), result);
    }
}
