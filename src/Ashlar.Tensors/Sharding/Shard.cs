using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Sharding;

/// <summary>
/// Tensor parallelism as a transformation of graphs (Shoeybi et al., 2019; Xu et al., 2021): some inputs are cut along an axis,
/// one part for each rank, and every operation on them becomes the same operation on the part.
/// </summary>
/// <remarks>
/// Where a product sums over an axis that is cut, its result is added up over the ranks; where an operation needs all of
/// what is cut, the parts are put together. Everything else stays with its rank: of a block of attention or feed-forward whose
/// first matrices are cut by outputs and the last by inputs, one sum is left. The result can be differentiated; gradients of what
/// is cut are cut, and those of the rest are the same on every rank.
/// </remarks>
public static class Shard
{
    /// <summary>One rank's part of a graph.</summary>
    /// <param name="outputs">What the whole graph computes.</param>
    /// <param name="ranks">Whose part it is.</param>
    /// <param name="axes">
    /// For keys of inputs, the axis along which each is cut, from 0 or from the back where negative. Part r of an axis of n
    /// elements are those from n r / ranks on.
    /// </param>
    /// <returns>The outputs, each whole on every rank; inputs that are cut have their part's shape.</returns>
    /// <exception cref="ArgumentException">
    /// No input has such a key or axis, or the axis does not divide by the ranks; the message names it.
    /// </exception>
    public static Node[] Of(ReadOnlySpan<Node> outputs, RankGroup ranks, IReadOnlyDictionary<string, int> axes)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        ArgumentNullException.ThrowIfNull(axes);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(ranks.Rank, ranks.Count);
        var nodes = Graph.Sort(outputs, node => node.Inputs);
        var keys = nodes.Select(node => (node.Op as Input)?.Key).ToHashSet();
        var unknown = axes.Keys.FirstOrDefault(key => !keys.Contains(key));
        if (unknown is not null) throw new ArgumentException($"the graph has no input '{unknown}' to cut", nameof(axes));

        var parts = new Parts(ranks);
        var done = new Dictionary<Node, Part>();
        foreach (var node in nodes)
        {
            done[node] = node is { Realized: null, Op: Input input } && axes.TryGetValue(input.Key, out var axis)
                ? Cut(node, input, axis, ranks.Count)
                : ShardRules.Of(node, [.. node.Inputs.Select(operand => done[operand])], parts);
        }

        var result = new Node[outputs.Length];
        for (var i = 0; i < result.Length; i++) result[i] = parts.Whole(done[outputs[i]]).Node;
        return result;
    }

    private static Part Cut(Node node, Input input, int axis, int count)
    {
        var front = Shape.AxisFromFront(axis, node.Shape.Rank);
        if (front < 0 || front >= node.Shape.Rank) throw new ArgumentException($"input '{input.Key}' has no axis {axis}");
        if (!node.Shape[front].IsConstant || node.Shape[front].Value % count != 0)
        {
            throw new ArgumentException(
                $"axis {axis} of input '{input.Key}' has {node.Shape[front]} elements, which do not divide by {count} ranks");
        }

        var shape = node.Shape.With(front, node.Shape[front].Value / count);
        return new Part(new Node(new Input(input.Key, input.Type, shape), [], node.Label), front);
    }
}
