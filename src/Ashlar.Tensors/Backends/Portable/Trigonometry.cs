using System.Numerics;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Sines and cosines of vectors, to about 1e-7; see <see cref="Transcendental"/> for why they are our own.</summary>
internal static class Trigonometry
{
    // Up to here the parts of a right angle below are exact enough.
    private const float Largest = 8192;

    public static Vector<float> Sin(Vector<float> x) => Turn(x, 0);

    public static Vector<float> Cos(Vector<float> x) => Turn(x, 1);

    // The sine of x and so many right angles.
    private static Vector<float> Turn(Vector<float> x, int rightAngles)
    {
        const float PerRightAngle = 0.636619747f, First = 1.5703125f, Second = 0.000483751297f, Third = 7.54979013e-08f;
        var size = Vector.Abs(x);
        var isLarge = Vector.GreaterThan(size, new Vector<float>(Largest));
        var turns = Vector.Round(Vector.ConditionalSelect(isLarge, Vector<float>.Zero, x) * new Vector<float>(PerRightAngle));
        var r = Vector.FusedMultiplyAdd(turns, new Vector<float>(-First), x);
        r = Vector.FusedMultiplyAdd(turns, new Vector<float>(-Second), r);
        r = Vector.FusedMultiplyAdd(turns, new Vector<float>(-Third), r);
        var z = r * r;
        var sine = Vector.FusedMultiplyAdd(
            r * z, Transcendental.Polynomial(z, [2.72499005e-06f, -0.00019840087f, 0.00833333191f, -0.166666672f]), r);
        var cosine = Vector.FusedMultiplyAdd(
            z, Transcendental.Polynomial(z, [-2.73009391e-07f, 2.48005999e-05f, -0.00138888881f, 0.0416666679f, -0.5f]),
            Vector<float>.One);
        var quadrant = Vector.ConvertToInt32(turns) + new Vector<int>(rightAngles);
        var isCosine = Vector.Equals(quadrant & Vector<int>.One, Vector<int>.One);
        var sign = (quadrant & new Vector<int>(2)) << 30;
        var result = (Vector.ConditionalSelect(isCosine, cosine, sine).As<float, int>() ^ sign).As<int, float>();
        return Vector.EqualsAll(isLarge, Vector<int>.Zero) ? result : OfLarge(x, isLarge, result, rightAngles);
    }

    private static Vector<float> OfLarge(Vector<float> x, Vector<int> isLarge, Vector<float> result, int rightAngles)
    {
        for (var i = 0; i < Vector<float>.Count; i++)
        {
            if (isLarge[i] == 0) continue;
            result = result.WithElement(i, rightAngles == 0 ? MathF.Sin(x[i]) : MathF.Cos(x[i]));
        }

        return result;
    }
}
