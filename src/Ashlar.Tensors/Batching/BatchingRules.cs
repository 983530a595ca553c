using Ashlar.Tensors.Batching.Rules;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Batching;

/// <summary>The table of batching rules: which function gives a node's result for all samples at once.</summary>
internal static class BatchingRules
{
    /// <summary>The result for all samples, (samples, ...).</summary>
    /// <exception cref="NotSupportedException">The operation has no rule, or none for these inputs.</exception>
    public static Tensor Of(BatchedNode node) => node.Node.Op switch
    {
        Unary or Cast or Detach or TopK => Tensor.Apply(node.Node.Op, node.All(0)),
        Binary => Tensor.Apply(node.Node.Op, node.Aligned(0), node.Aligned(1)),
        Select => Tensor.Apply(node.Node.Op, node.Aligned(0), node.Aligned(1), node.Aligned(2)),
        After => Tensor.Apply(node.Node.Op, node.All(0), node.AsIs(1)),
        Reduce reduce => Tensor.Apply(reduce with { Axis = MovementBatching.AxisOf(reduce.Axis, node.Node) }, node.All(0)),
        Reshape reshape => node.All(0).Reshape([node.Size, .. reshape.To]),
        Permute permute => node.All(0).Permute([0, .. permute.Axes.Select(axis => axis + 1)]),
        Slice slice => Tensor.Apply(slice with { Axis = MovementBatching.AxisOf(slice.Axis, node.Node) }, node.All(0)),
        Concat concat => MovementBatching.OfConcat(concat, node),
        Expand => MovementBatching.OfExpand(node),
        Gather gather => GatherBatching.OfGather(gather, node),
        ScatterAdd scatter => GatherBatching.OfScatterAdd(scatter, node),
        MatMul matmul => MatMulBatching.Of(matmul, node),
        GroupedMatMul => GroupedBatching.OfMatMul(node),
        GroupedOuter outer => GroupedBatching.OfOuter(outer, node),
        LowRankDown => GroupedBatching.OfLowRankDown(node),
        LowRankUp => GroupedBatching.OfLowRankUp(node),
        Rotary => SequenceBatching.OfRotary(node),
        Attention attention => SequenceBatching.OfAttention(attention, node),
        _ => throw node.Error("at once"),
    };
}
