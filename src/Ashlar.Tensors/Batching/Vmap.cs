namespace Ashlar.Tensors.Batching;

/// <summary>From a function of one sample to the same function of many at once.</summary>
/// <remarks>
/// Operations are exchanged one by one for operations with one axis more; gradients of the function are such operations too, so
/// that gradients of each sample come in one run. What does not depend on the sample is computed once. The function must not
/// realize what depends on it.
/// </remarks>
public static class Vmap
{
    /// <summary>Applies a function to all samples at once.</summary>
    /// <param name="function">From tensors of one sample each to results.</param>
    /// <param name="values">What holds the samples.</param>
    /// <param name="axes">The axis of each along which samples lie, negative from the back; of the same size in all.</param>
    /// <returns>The results, each with the samples along a new first axis.</returns>
    /// <exception cref="ArgumentException">The axes differ in number or size, or there are none.</exception>
    /// <exception cref="NotSupportedException">An operation cannot be computed for many samples; the message names
    /// it.</exception>
    public static Tensor[] Of(
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, ReadOnlySpan<Tensor> values, ReadOnlySpan<int> axes)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (values.Length == 0 || values.Length != axes.Length)
        {
            throw new ArgumentException(
                $"{values.Length} tensors and {axes.Length} axes: one axis is needed for each of one or more");
        }

        var batched = new Dictionary<Node, Tensor>();
        var samples = new Tensor[values.Length];
        var size = default(Dim?);
        for (var i = 0; i < values.Length; i++)
        {
            var moved = ToFront(values[i], axes[i]);
            size ??= moved.Shape[0];
            if (moved.Shape[0] != size)
            {
                throw new ArgumentException(
                    $"{values[i]} has {moved.Shape[0]} samples along axis {axes[i]}, where others have {size}");
            }

            // Stands for one sample, and is exchanged for all of them below.
            samples[i] = Tensor.Input($"sample {i}", moved.Type, [.. moved.Shape.Skip(1)]);
            batched.Add(samples[i].Node, moved);
        }

        var results = function(samples);
        foreach (var node in Graph.Sort([.. results.Select(result => result.Node)], node => node.Inputs))
        {
            if (!node.Inputs.Any(batched.ContainsKey)) continue;
            batched.Add(node, BatchingRules.Of(new BatchedNode(node, batched, size!.Value)));
        }

        return [.. results.Select(result => batched.GetValueOrDefault(result.Node)
            ?? result.Expand([size!.Value, .. result.Shape]))];
    }

    private static Tensor ToFront(Tensor values, int axis)
    {
        var (rank, front) = (values.Shape.Rank, Shape.AxisFromFront(axis, values.Shape.Rank));
        if (front < 0 || front >= rank) throw new ArgumentException($"{values} has no axis {axis}");
        return front == 0 ? values : values.Permute([front, .. Enumerable.Range(0, rank).Where(other => other != front)]);
    }
}
