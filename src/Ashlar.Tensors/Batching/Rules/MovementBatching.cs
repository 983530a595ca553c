using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Batching.Rules;

/// <summary>Axes move one place back.</summary>
internal static class MovementBatching
{
    /// <summary>Where an axis of a node is, counted from the front, once the samples have the first.</summary>
    public static int AxisOf(int axis, Node node) => Shape.AxisFromFront(axis, node.Shape.Rank) + 1;

    /// <summary>All samples of each input, joined.</summary>
    public static Tensor OfConcat(Concat concat, BatchedNode node) => Tensor.Concat(
        AxisOf(concat.Axis, node.Node), [.. Enumerable.Range(0, node.Node.Inputs.Length).Select(node.All)]);

    /// <summary>Axes that are put in front come behind the samples'.</summary>
    public static Tensor OfExpand(BatchedNode node) => node.Aligned(0).Expand([node.Size, .. node.Node.Shape]);
}
