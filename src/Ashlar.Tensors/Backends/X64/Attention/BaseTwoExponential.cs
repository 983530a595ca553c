using Iced.Intel;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// 2^x of numbers that are 0 or less, and the soft cap made of it. The polynomial is an interpolation of (2^f - 1) / f at
/// Chebyshev points of [-1/2, 1/2], right to 1e-8; with the roundings the error is below 2 units in the last place. 2^0 is 1 and
/// what is below 2^-126 may be 0, 2^-infinity is; not-a-numbers stay.
/// </summary>
internal sealed class BaseTwoExponential(CacheVectors vectors, Assembler code)
{
    private static readonly float[] Polynomial =
        [0.693147182f, 0.240226507f, 0.0555035695f, 0.00961808302f, 0.00133908633f, 0.000154531634f];

    /// <summary>The vector becomes 2 to its power; two more are used up.</summary>
    public void Emit(int x, int whole, int power)
    {
        vectors.Load(whole, vectors.Constant(vectors.IsWide ? -200f : -127f));
        vectors.Maximum(x, whole, x);
        Split(x, whole);
        Polynomials(x, power);
        Multiply(power, x, vectors.Constant(1f)); // 1 + f p(f)
        if (vectors.IsWide)
        {
            code.vscalefps(CacheVectors.Z(x), CacheVectors.Z(power), CacheVectors.Z(whole));
        }
        else
        {
            Power(whole);
            vectors.Multiply(x, power, whole);
        }
    }

    /// <summary>
    /// The vector x becomes <c>factor * tanh(x)</c>, as e / (e + 2) with e = exp(2 |x|) - 1; four more vectors are used up.
    /// </summary>
    public void EmitCap(int x, float factor, int fraction, int whole, int power, int one)
    {
        vectors.Load(one, vectors.Constant(_ => 0x7FFFFFFF));
        And(fraction, x, one);
        vectors.Multiply(fraction, fraction, vectors.Constant((float)(2 / Math.Log(2))));
        vectors.Load(whole, vectors.Constant(40f));
        Minimum(fraction, whole, fraction);
        Split(fraction, whole);
        Polynomials(fraction, power);
        vectors.Multiply(fraction, fraction, power); // 2^f - 1
        vectors.Load(one, vectors.Constant(1f));
        if (vectors.IsWide) code.vscalefps(CacheVectors.Z(whole), CacheVectors.Z(one), CacheVectors.Z(whole));
        else Power(whole);
        vectors.Subtract(power, whole, one);
        vectors.AddProduct(power, fraction, whole); // e
        vectors.Add(one, one, one);
        vectors.Add(one, one, power);
        if (vectors.IsWide) code.vdivps(CacheVectors.Z(power), CacheVectors.Z(power), CacheVectors.Z(one));
        else code.vdivps(CacheVectors.Y(power), CacheVectors.Y(power), CacheVectors.Y(one));
        vectors.Load(one, vectors.Constant(_ => int.MinValue));
        And(x, x, one);
        Or(x, x, power);
        vectors.Multiply(x, x, vectors.Constant(factor));
    }

    // A number becomes its distance from the nearest whole one.
    private void Split(int x, int whole)
    {
        if (vectors.IsWide) code.vrndscaleps(CacheVectors.Z(whole), CacheVectors.Z(x), 0);
        else code.vroundps(CacheVectors.Y(whole), CacheVectors.Y(x), 0);
        vectors.Subtract(x, x, whole);
    }

    private void Polynomials(int x, int power)
    {
        vectors.Load(power, vectors.Constant(Polynomial[^1]));
        for (var i = Polynomial.Length - 2; i >= 0; i--) Multiply(power, x, vectors.Constant(Polynomial[i]));
    }

    // The exponent of a whole number from -127, whose power counts as 0.
    private void Power(int whole)
    {
        var y = CacheVectors.Y(whole);
        code.vcvtps2dq(y, y);
        code.vpaddd(y, y, vectors.Constant(_ => 127));
        code.vpslld(y, y, 23);
    }

    private void Multiply(int product, int by, AssemblerMemoryOperand added)
    {
        if (vectors.IsWide) code.vfmadd213ps(CacheVectors.Z(product), CacheVectors.Z(by), added);
        else code.vfmadd213ps(CacheVectors.Y(product), CacheVectors.Y(by), added);
    }

    private void Minimum(int target, int a, int b)
    {
        if (vectors.IsWide) code.vminps(CacheVectors.Z(target), CacheVectors.Z(a), CacheVectors.Z(b));
        else code.vminps(CacheVectors.Y(target), CacheVectors.Y(a), CacheVectors.Y(b));
    }

    private void And(int target, int a, int b)
    {
        if (vectors.IsWide) code.vpandd(CacheVectors.Z(target), CacheVectors.Z(a), CacheVectors.Z(b));
        else code.vandps(CacheVectors.Y(target), CacheVectors.Y(a), CacheVectors.Y(b));
    }

    private void Or(int target, int a, int b)
    {
        if (vectors.IsWide) code.vpord(CacheVectors.Z(target), CacheVectors.Z(a), CacheVectors.Z(b));
        else code.vorps(CacheVectors.Y(target), CacheVectors.Y(a), CacheVectors.Y(b));
    }
}
