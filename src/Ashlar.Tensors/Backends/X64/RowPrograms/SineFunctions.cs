namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// sin(x) and cos(x): x less the nearest multiple of pi/2, of which 72 bits are subtracted (Cody and Waite, 1980), then a
/// polynomial for each quadrant. Up to |x| of 100,000 the greatest error measured is 1.45 units in the last place; beyond that
/// results are from -1 to 1, and of what is not finite not a number.
/// </summary>
internal static class SineFunctions
{
    private const float Half1 = 1.5707963705062866f, Half2 = -4.371138828673793e-08f, Half3 = -1.7151245100058819e-15f;

    /// <summary>sin(x).</summary>
    public static Operand Sine(this VectorCode code, Operand x)
    {
        var (rest, quadrant) = Reduce(code, x);
        return code.Choose(Comparison.Equal, x, Operand.Of(0f), x, Turned(code, rest, quadrant)); // -0 stays so
    }

    /// <summary>cos(x), the sine of a quarter turn more.</summary>
    public static Operand Cosine(this VectorCode code, Operand x)
    {
        var (rest, quadrant) = Reduce(code, x);
        return Turned(code, rest, code.AddInteger(quadrant, Operand.Of(1)));
    }

    private static (Operand Remainder, Operand Quadrant) Reduce(VectorCode code, Operand x)
    {
        const float TwoPerPi = 0.636619772f, MoreThanEighth = 0.8f;
        var n = code.Round(code.Multiply(x, Operand.Of(TwoPerPi)));
        var rest = code.NegateMultiplyAdd(n, Operand.Of(Half1), x);
        rest = code.NegateMultiplyAdd(n, Operand.Of(Half2), rest);
        rest = code.NegateMultiplyAdd(n, Operand.Of(Half3), rest);
        // For huge x nothing of the rest is true, and it is only kept small.
        rest = code.RawMinimum(Operand.Of(MoreThanEighth), rest);
        rest = code.RawMaximum(Operand.Of(-MoreThanEighth), rest);
        return (rest, code.ToInteger(n));
    }

    private static Operand Turned(VectorCode code, Operand x, Operand quadrant)
    {
        var square = code.Multiply(x, x);
        var sine = code.Polynomial(
            square, -0.1666666716337204f, 0.008333329111337662f, -0.00019839232845697552f, 2.717366669457988e-06f);
        sine = code.MultiplyAdd(code.Multiply(square, x), sine, x);
        var cosine = code.Polynomial(
            square, 1, -0.5f, 0.0416666679084301f, -0.0013888883404433727f, 2.4799372113193385e-05f, -2.7198629481972603e-07f);
        // The odd quadrants are the cosine's; the last two of four have the other sign.
        var isOdd = code.FromInteger(code.And(quadrant, Operand.Of(1)));
        var result = code.Choose(Comparison.Equal, isOdd, Operand.Of(0f), sine, cosine);
        return code.Xor(result, code.ShiftLeft(code.And(quadrant, Operand.Of(2)), 30));
    }
}
