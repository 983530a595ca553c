namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// exp(x) by e^x = 2^n e^r, |r| at most ln(2) / 2, with a polynomial of degree 6 for e^r. Denormal results are rounded as others
/// are; less than half the smallest is 0, and more than the largest infinite. The greatest error measured is 0.84 units in the
/// last place.
/// </summary>
internal static class ExponentialFunction
{
    /// <summary>1 / ln 2; and ln 2 in two parts, the first with trailing zeros, so that a multiple of it is exact.</summary>
    public const float PerLogarithmOf2 = 1.44269504f, LogarithmOf2 = 0.693145751953125f, LogarithmOf2Rest = 1.42860677e-06f;

    /// <summary>exp(x).</summary>
    public static Operand Exponential(this VectorCode code, Operand x)
    {
        const float AlwaysInfinite = 89, AlwaysZero = -105;
        // These keep the second source where it is not a number.
        x = code.RawMinimum(Operand.Of(AlwaysInfinite), x);
        x = code.RawMaximum(Operand.Of(AlwaysZero), x);
        var n = code.Round(code.Multiply(x, Operand.Of(PerLogarithmOf2)));
        var r = code.NegateMultiplyAdd(n, Operand.Of(LogarithmOf2), x);
        r = code.NegateMultiplyAdd(n, Operand.Of(LogarithmOf2Rest), r);
        return code.ScaleByPowerOfTwo(code.ExponentialNearZero(r), n);
    }

    /// <summary>exp(r) for |r| at most ln(2) / 2, to 3e-9 before rounding.</summary>
    public static Operand ExponentialNearZero(this VectorCode code, Operand r) => code.Polynomial(
        r, 1, 1, 0.4999999403953552f, 0.1666652113199234f, 0.04166838899254799f, 0.00836874544620514f, 0.0013814540579915047f);
}
