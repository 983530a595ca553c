namespace Ashlar.Tensors.Formats;

/// <summary>
/// Two-level scales: a block has an f16 factor (and another for the minimums, where it has minimums), and each group a
/// small whole number of steps of it. Which step is best is tried out, as a scale that is rounded moves all its levels.
/// </summary>
/// <remarks>Values come divided by the unit, so that they lie within [-1, 1]; so do the scales here.</remarks>
internal static class SteppedScales
{
    /// <summary>Fits the groups of a block, without minimums.</summary>
    /// <param name="values">(elements) the values.</param>
    /// <param name="unit">What they were divided by.</param>
    /// <param name="levels">What the codes stand for.</param>
    /// <param name="lowest">The lowest step that can be stored; one less can be on the other side.</param>
    /// <param name="factor">(2 bytes) receives the factor.</param>
    /// <param name="steps">(groups) receives the steps.</param>
    /// <param name="codes">(elements) receives the levels.</param>
    public static void Fit(
        ReadOnlySpan<float> values, float unit, Levels levels, int lowest,
        Span<byte> factor, Span<sbyte> steps, Span<sbyte> codes)
    {
        var group = values.Length / steps.Length;
        Span<float> scales = stackalloc float[Blocks.MaxGroups];
        var extreme = 0f;
        for (var g = 0; g < steps.Length; g++)
        {
            scales[g] = LevelFit.Scale(values.Slice(g * group, group), levels);
            if (MathF.Abs(scales[g]) > MathF.Abs(extreme)) extreme = scales[g];
        }

        var step = HalfScale.Write(extreme / lowest, unit, factor);
        for (var g = 0; g < steps.Length; g++)
        {
            var groupValues = values.Slice(g * group, group);
            var leastError = float.PositiveInfinity;
            var (first, last) = Near(scales[g], step, lowest, -1 - lowest);
            for (var count = first; count <= last; count++)
            {
                var error = levels.Error(groupValues, step * count, 0);
                if (error < leastError) (steps[g], leastError) = ((sbyte)count, error);
            }

            levels.Round(groupValues, step * steps[g], 0, codes.Slice(g * group, group));
        }
    }

    /// <summary>Fits the groups of a block with minimums: codes count up from a minimum that is 0 or less.</summary>
    /// <param name="values">(elements) the values.</param>
    /// <param name="unit">What they were divided by.</param>
    /// <param name="levels">What the codes stand for, from 0.</param>
    /// <param name="highest">The highest step that can be stored, for a scale or a minimum; the lowest is 0.</param>
    /// <param name="factors">(4 bytes) receives the factor of the scales and that of the minimums.</param>
    /// <param name="scaleSteps">(groups) receives the steps of the scales.</param>
    /// <param name="minimumSteps">(groups) receives the steps of the minimums, to be subtracted.</param>
    /// <param name="codes">(elements) receives the levels.</param>
    public static void FitWithMinimums(
        ReadOnlySpan<float> values, float unit, Levels levels, int highest,
        Span<byte> factors, Span<sbyte> scaleSteps, Span<sbyte> minimumSteps, Span<sbyte> codes)
    {
        var group = values.Length / scaleSteps.Length;
        Span<float> scales = stackalloc float[Blocks.MaxGroups];
        Span<float> minimums = stackalloc float[Blocks.MaxGroups];
        var (largestScale, largestMinimum) = (0f, 0f);
        for (var g = 0; g < scaleSteps.Length; g++)
        {
            (scales[g], var offset) = LevelFit.ScaleAndOffset(values.Slice(g * group, group), levels, offsetAtMostZero: true);
            minimums[g] = -offset;
            largestScale = MathF.Max(largestScale, scales[g]);
            largestMinimum = MathF.Max(largestMinimum, minimums[g]);
        }

        var scaleStep = HalfScale.Write(largestScale / highest, unit, factors);
        var minimumStep = HalfScale.Write(largestMinimum / highest, unit, factors[2..]);
        for (var g = 0; g < scaleSteps.Length; g++)
        {
            var groupValues = values.Slice(g * group, group);
            var leastError = float.PositiveInfinity;
            var (firstScale, lastScale) = Near(scales[g], scaleStep, 0, highest);
            var (firstMinimum, lastMinimum) = Near(minimums[g], minimumStep, 0, highest);
            for (var scale = firstScale; scale <= lastScale; scale++)
            {
                for (var minimum = firstMinimum; minimum <= lastMinimum; minimum++)
                {
                    var error = levels.Error(groupValues, scaleStep * scale, -minimumStep * minimum);
                    if (error >= leastError) continue;
                    (scaleSteps[g], minimumSteps[g], leastError) = ((sbyte)scale, (sbyte)minimum, error);
                }
            }

            levels.Round(
                groupValues, scaleStep * scaleSteps[g], -minimumStep * minimumSteps[g], codes.Slice(g * group, group));
        }
    }

    private static (int First, int Last) Near(float scale, float step, int lowest, int highest)
    {
        var nearest = step == 0 ? 0 : (int)Math.Clamp(MathF.Round(scale / step), lowest, highest);
        return (Math.Max(nearest - 1, lowest), Math.Min(nearest + 1, highest));
    }
}
