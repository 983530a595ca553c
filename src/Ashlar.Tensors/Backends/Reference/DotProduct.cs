using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Sums of products in a fixed order: sixteen partial sums, one for each position modulo 16, then halves onto halves.
/// Multiplication and addition round separately, so that every machine gives the same bits.
/// </summary>
internal static unsafe class DotProduct
{
    private const int Lanes = 16;

    public static float Of(float* x, float* y, long length)
    {
        var sum = Vector512<float>.Zero;
        long i = 0;
        for (; i <= length - Lanes; i += Lanes) sum += Vector512.Load(x + i) * Vector512.Load(y + i);
        return Total(AddRest(sum, x + i, y + i, length - i));
    }

    /// <summary>
    /// Goes on with the partial sums of four columns that share a left operand. When the last part has been added,
    /// <see cref="Total"/> of each is to the bit what <see cref="Of(float*, float*, long)"/> gives.
    /// </summary>
    /// <param name="x">This part of the left operand.</param>
    /// <param name="y">This part of the first column; the others follow, <paramref name="stride"/> apart.</param>
    /// <param name="stride">From column to column.</param>
    /// <param name="length">The length of this part: a multiple of sixteen unless it is the last.</param>
    /// <param name="sums">The partial sums of the four columns.</param>
    public static void AddToFour(float* x, float* y, long stride, long length, Vector512<float>* sums)
    {
        var (a, b, c, d) = (sums[0], sums[1], sums[2], sums[3]);
        long i = 0;
        for (; i <= length - Lanes; i += Lanes)
        {
            var left = Vector512.Load(x + i);
            a += left * Vector512.Load(y + i);
            b += left * Vector512.Load(y + stride + i);
            c += left * Vector512.Load(y + 2 * stride + i);
            d += left * Vector512.Load(y + 3 * stride + i);
        }

        sums[0] = AddRest(a, x + i, y + i, length - i);
        sums[1] = AddRest(b, x + i, y + stride + i, length - i);
        sums[2] = AddRest(c, x + i, y + 2 * stride + i, length - i);
        sums[3] = AddRest(d, x + i, y + 3 * stride + i, length - i);
    }

    /// <summary>Folds sixteen partial sums into one.</summary>
    public static float Total(Vector512<float> sum)
    {
        var eight = sum.GetLower() + sum.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }

    public static double Of(double* x, double* y, long length)
    {
        double sum = 0;
        for (long i = 0; i < length; i++) sum += x[i] * y[i];
        return sum;
    }

    // What is left of less than sixteen, as if zeros followed.
    private static Vector512<float> AddRest(Vector512<float> sum, float* x, float* y, long rest)
    {
        if (rest == 0) return sum;
        var (left, right) = (Vector512<float>.Zero, Vector512<float>.Zero);
        new ReadOnlySpan<float>(x, (int)rest).CopyTo(new Span<float>(&left, Lanes));
        new ReadOnlySpan<float>(y, (int)rest).CopyTo(new Span<float>(&right, Lanes));
        return sum + left * right;
    }
}
