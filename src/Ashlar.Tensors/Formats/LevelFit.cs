using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Formats;

/// <summary>Finds the scale, or the scale and the offset, with which levels come closest to values (least squares).</summary>
/// <remarks>
/// For fixed levels the best scale and offset are a formula; for a fixed scale and offset so are the best levels. The two
/// together have many local optima, so the search starts from a row of scales: from one that stretches the levels a little
/// beyond the largest value to one that cuts the largest values off, the further the fewer levels there are.
/// Values lie within [-1, 1], so that no square overflows.
/// </remarks>
internal static class LevelFit
{
    private const int ScaleStarts = 8;
    private const int OffsetStarts = 16;
    private const int Refinements = 3;

    /// <summary>The scale s, of either sign, that makes s * level closest to the values; 0 if they are all 0.</summary>
    public static float Scale(ReadOnlySpan<float> values, Levels levels)
    {
        var extreme = Extreme(values);
        if (extreme == 0) return 0;

        var (best, bestGain) = (0f, 0f);
        for (var start = 0; start < ScaleStarts; start++)
        {
            // The extreme value may go to either end of the levels.
            var stretch = Stretch(start, ScaleStarts, levels) * Levels.Inverse(extreme);
            Try(values, levels, stretch * levels.Lowest, ref best, ref bestGain);
            if (levels.Lowest != -levels.Highest) Try(values, levels, stretch * levels.Highest, ref best, ref bestGain);
        }

        for (var again = 0; again < Refinements; again++) Try(values, levels, Levels.Inverse(best), ref best, ref bestGain);
        return best;
    }

    /// <summary>The scale, 0 or more, and the offset, 0 or less if so asked, that bring scale * level + offset closest.</summary>
    public static (float Scale, float Offset) ScaleAndOffset(ReadOnlySpan<float> values, Levels levels, bool offsetAtMostZero)
    {
        var (low, high) = (values[0], values[0]);
        foreach (var value in values) (low, high) = (MathF.Min(low, value), MathF.Max(high, value));
        if (offsetAtMostZero) low = MathF.Min(low, 0);
        if (low >= high) return (0, low);

        var best = (Scale: 0f, Offset: low);
        var bestError = float.PositiveInfinity;
        for (var start = 0; start < OffsetStarts; start++)
        {
            var scale = (high - low) / (levels.Highest * Stretch(start, OffsetStarts, levels));
            Try(values, levels, scale, low, offsetAtMostZero, ref best, ref bestError);
            var centred = (high + low - scale * levels.Highest) / 2;
            Try(values, levels, scale, centred, offsetAtMostZero, ref best, ref bestError);
        }

        for (var again = 0; again < Refinements; again++)
        {
            Try(values, levels, best.Scale, best.Offset, offsetAtMostZero, ref best, ref bestError);
        }

        return best;
    }

    private static float Stretch(int start, int starts, Levels levels)
    {
        var (narrow, wide) = (1 - 1f / levels.Count, 1 + 4f / levels.Count);
        return narrow + (wide - narrow) * start / (starts - 1);
    }

    // With the best scale, the sum of squared misses is sum(x^2) - gain.
    private static void Try(ReadOnlySpan<float> values, Levels levels, float inverse, ref float best, ref float bestGain)
    {
        var (sumXL, sumLL) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            var x = Vector256.Create(values[i..]);
            var level = levels.Nearest(x * inverse);
            sumXL += x * level;
            sumLL += level * level;
        }

        var (xl, ll) = (Vector256.Sum(sumXL), Vector256.Sum(sumLL));
        var gain = ll == 0 ? 0 : xl / ll * xl;
        if (gain > bestGain) (best, bestGain) = (xl / ll, gain);
    }

    private static void Try(
        ReadOnlySpan<float> values, Levels levels, float scale, float offset, bool offsetAtMostZero,
        ref (float Scale, float Offset) best, ref float bestError)
    {
        var inverse = Levels.Inverse(scale);
        var (sumX, sumL) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (sumXL, sumLL) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = 0; i < values.Length; i += Vector256<float>.Count)
        {
            var loaded = Vector256.Create(values[i..]);
            var level = levels.Nearest((loaded - Vector256.Create(offset)) * inverse);
            sumX += loaded;
            sumL += level;
            sumXL += loaded * level;
            sumLL += level * level;
        }

        var (n, x, l) = (values.Length, Vector256.Sum(sumX), Vector256.Sum(sumL));
        var (xl, ll) = (Vector256.Sum(sumXL), Vector256.Sum(sumLL));
        var determinant = n * ll - l * l;
        if (determinant > 0) // else all levels are one, and no better scale and offset follow
        {
            scale = (n * xl - x * l) / determinant;
            offset = (x - scale * l) / n;
            if (offsetAtMostZero && offset > 0) (scale, offset) = (xl / ll, 0);
        }

        if (scale <= 0) return;

        var error = levels.Error(values, scale, offset);
        if (error < bestError) (best, bestError) = ((scale, offset), error);
    }

    private static float Extreme(ReadOnlySpan<float> values)
    {
        var extreme = 0f;
        foreach (var value in values)
        {
            if (MathF.Abs(value) > MathF.Abs(extreme)) extreme = value;
        }

        return extreme;
    }
}
