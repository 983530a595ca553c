using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Sums of products in a fixed order: sixteen partial sums, one for each position modulo 16, then halves onto halves. Multiplication and
/// addition round separately, so that every machine gives the same bits.
/// </summary>
internal static unsafe class DotProduct
{
    private const int Lanes = 16;

    public static float Of(float* x, float* y, long length)
    {
        var sum = Vector512<float>.Zero;
        long i = 0;
        for (; i <= length - Lanes; i += Lanes) sum += Vector512.Load(x + i) * Vector512.Load(y + i);
        return Total(sum, x + i, y + i, length - i);
    }

    /// <summary>Four sums at once with the same left operand, each to the bit what <see cref="Of(float*, float*, long)"/> gives.</summary>
    /// <param name="x">The left operand.</param>
    /// <param name="y">The first right operand; the others follow, <paramref name="length"/> apart.</param>
    /// <param name="length">The length of each operand.</param>
    /// <param name="results">Receives the four sums.</param>
    public static void OfFour(float* x, float* y, long length, float* results)
    {
        var (a, b, c, d) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        long i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            var left = Vector512.Load(x + i);
            a += left * Vector512.Load(y + i);
            b += left * Vector512.Load(y + length + i);
            c += left * Vector512.Load(y + 2 * length + i);
            d += left * Vector512.Load(y + 3 * length + i);
        }

        results[0] = Total(a, x + i, y + i, length - i);
        results[1] = Total(b, x + i, y + length + i, length - i);
        results[2] = Total(c, x + i, y + 2 * length + i, length - i);
        results[3] = Total(d, x + i, y + 3 * length + i, length - i);
    }

    public static double Of(double* x, double* y, long length)
    {
        double sum = 0;
        for (long i = 0; i < length; i++) sum += x[i] * y[i];
        return sum;
    }

    private static float Total(Vector512<float> sum, float* x, float* y, long rest)
    {
        if (rest > 0)
        {
            Span<float> left = stackalloc float[Lanes];
            Span<float> right = stackalloc float[Lanes];
            left.Clear();
            right.Clear();
            new ReadOnlySpan<float>(x, (int)rest).CopyTo(left);
            new ReadOnlySpan<float>(y, (int)rest).CopyTo(right);
            sum += Vector512.Create<float>(left) * Vector512.Create<float>(right);
        }

        var eight = sum.GetLower() + sum.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }
}
