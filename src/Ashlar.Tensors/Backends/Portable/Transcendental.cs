using System.Numerics;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Functions of vectors. Those of <see cref="Vector"/> estimate products and sums, so that their last bits may change when the
/// compiler comes to compile them better; these do not. What is not a number stays so.
/// </summary>
internal static class Transcendental
{
    /// <summary>e to the x, to about 1e-7 of itself; e to the 0 is 1.</summary>
    public static Vector<float> Exp(Vector<float> x)
    {
        const float Lowest = -104, Highest = 89; // past which the result is 0, or infinite
        const float PerLn2 = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -0.000212194442f;
        x = Vector.Min(Vector.Max(x, new Vector<float>(Lowest)), new Vector<float>(Highest));
        // 2^n e^r, with r at most half of ln 2.
        var whole = Vector.Round(x * new Vector<float>(PerLn2));
        var r = Vector.FusedMultiplyAdd(whole, new Vector<float>(-Ln2High), x);
        r = Vector.FusedMultiplyAdd(whole, new Vector<float>(-Ln2Low), r);
        var series = Polynomial(r, [0.00139262679f, 0.00836324692f, 0.0416665524f, 0.166665763f, 0.5f]);
        var power = Vector.FusedMultiplyAdd(r * r, series, r) + Vector<float>.One;
        // In two steps, as 2^n alone may be no number where the result is one.
        var n = Vector.ConvertToInt32(whole);
        return power * PowerOfTwo(n >> 1) * PowerOfTwo(n - (n >> 1));
    }

    /// <summary>The natural logarithm, to about 1e-7 of itself.</summary>
    public static Vector<float> Log(Vector<float> x)
    {
        const float Ln2High = 0.693359375f, Ln2Low = -0.000212194442f, SmallestNormal = 1.17549435e-38f;
        const int RootOfHalf = 0x3F3504F3, MantissaBits = 23, Lift = 25;
        var isSubnormal = Vector.LessThan(x, new Vector<float>(SmallestNormal));
        var lifted = Vector.ConditionalSelect(isSubnormal, x * new Vector<float>(1 << Lift), x);
        // 2^n (1 + f), with 1 + f between the roots of 1/2 and 2.
        var bits = lifted.As<float, int>();
        var n = (bits - new Vector<int>(RootOfHalf)) >> MantissaBits;
        var f = (bits - (n << MantissaBits)).As<int, float>() - Vector<float>.One;
        var whole = Vector.ConvertToSingle(n - (isSubnormal & new Vector<int>(Lift)));
        var series = Polynomial(
            f,
            [
                0.0696975365f, -0.114791878f, 0.116857961f, -0.124257766f, 0.142490327f, -0.166677982f, 0.20000717f, -0.24999997f,
                0.333333313f,
            ]);
        var square = f * f;
        var small = Vector.FusedMultiplyAdd(square * f, series, square * new Vector<float>(-0.5f));
        small = Vector.FusedMultiplyAdd(whole, new Vector<float>(Ln2Low), small) + f;
        var result = Vector.FusedMultiplyAdd(whole, new Vector<float>(Ln2High), small);
        // Infinities, zeros, what is negative and what is not a number have no logarithm of this kind.
        var isFinite = Vector.LessThan(x, new Vector<float>(float.PositiveInfinity));
        var isPositive = Vector.GreaterThan(x, Vector<float>.Zero) & isFinite;
        var isZero = Vector.Equals(x, Vector<float>.Zero);
        var isNegative = Vector.LessThan(x, Vector<float>.Zero);
        var other = Vector.ConditionalSelect(isZero, new Vector<float>(float.NegativeInfinity), x);
        other = Vector.ConditionalSelect(isNegative, new Vector<float>(float.NaN), other);
        return Vector.ConditionalSelect(isPositive, result, other);
    }

    /// <summary>The hyperbolic tangent, to about 2e-7 of itself.</summary>
    public static Vector<float> Tanh(Vector<float> x)
    {
        const float Small = 0.625f;
        var size = Vector.Abs(x);
        // x + x^3 P(x^2); the coefficients interpolate at Chebyshev's points of [0, 0.4].
        var z = x * x;
        var series = Polynomial(
            z, [0.0022695018f, -0.00832318701f, 0.0217625033f, -0.0539584607f, 0.133332998f, -0.333333343f]);
        var near = Vector.FusedMultiplyAdd(x * z, series, x);
        var far = Vector<float>.One - new Vector<float>(2) / (Exp(size + size) + Vector<float>.One);
        return Vector.ConditionalSelect(Vector.GreaterThan(size, new Vector<float>(Small)), Vector.CopySign(far, x), near);
    }

    /// <summary>The error function, to about 2e-7 of itself.</summary>
    public static Vector<float> Erf(Vector<float> x)
    {
        const float RoundsToOne = 4, Middle = 2.5f;
        var size = Vector.Abs(x);
        // x + x P(x^2) up to 1, and from there 1 - exp(P(x - 2.5)), P being the logarithm of what is missing to 1.
        var series = Polynomial(
            x * x,
            [
                -9.66704465e-06f, 0.000112659589f, -0.000848408032f, 0.00522103161f, -0.0268654302f, 0.112837821f, -0.376126379f,
                0.128379166f,
            ]);
        var near = Vector.FusedMultiplyAdd(x, series, x);
        var rest = Polynomial(
            Vector.Min(size, new Vector<float>(RoundsToOne)) - new Vector<float>(Middle),
            [
                -7.58268186e-08f, 1.61558114e-06f, -1.2925696e-05f, 7.73876018e-05f, -0.00042079165f, 0.00216516992f,
                -0.0108581129f, -0.943893671f, -5.35268068f, -7.80681515f,
            ]);
        var far = Vector<float>.One - Exp(rest);
        return Vector.ConditionalSelect(Vector.GreaterThan(size, Vector<float>.One), Vector.CopySign(far, x), near);
    }

    /// <summary>A polynomial; the coefficient of the highest power comes first.</summary>
    public static Vector<float> Polynomial(Vector<float> x, ReadOnlySpan<float> coefficients)
    {
        var sum = new Vector<float>(coefficients[0]);
        for (var i = 1; i < coefficients.Length; i++) sum = Vector.FusedMultiplyAdd(sum, x, new Vector<float>(coefficients[i]));
        return sum;
    }

    private static Vector<float> PowerOfTwo(Vector<int> n) => ((n + new Vector<int>(127)) << 23).As<int, float>();
}
