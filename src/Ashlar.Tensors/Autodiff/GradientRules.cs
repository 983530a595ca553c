using Ashlar.Tensors.Autodiff.Rules;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff;

/// <summary>The table of gradient rules: which function gives what a node's result passes on to its inputs.</summary>
internal static class GradientRules
{
    /// <summary>What a node contributes to the gradient of each of its inputs.</summary>
    /// <param name="node">The node, whose result has a gradient.</param>
    /// <param name="upstream">That gradient, of the node's shape; F64 for F64, else F32.</param>
    /// <exception cref="NotSupportedException">The operation has no rule.</exception>
    public static Contribution[] Of(Node node, Tensor upstream) => node.Op switch
    {
        Unary unary => UnaryGradient.Of(unary.Function, node, upstream),
        Binary binary => BinaryGradient.Of(binary.Function, node, upstream),
        Select => SelectGradient.Of(node, upstream),
        Cast => [upstream.Cast(TypeOf(node.Sources[0]))],
        Reduce reduce => ReduceGradient.Of(reduce, node, upstream),
        Reshape => [upstream.Reshape(node.Sources[0].Shape)],
        Permute permute => [MovementGradient.OfPermute(permute, upstream)],
        Slice slice => [MovementGradient.OfSlice(slice, node, upstream)],
        Concat concat => MovementGradient.OfConcat(concat, node, upstream),
        Expand => [upstream.SumTo(node.Sources[0].Shape)],
        Gather gather => GatherGradient.OfGather(gather, node, upstream),
        ScatterAdd => GatherGradient.OfScatterAdd(node, upstream),
        MatMul matmul => MatMulGradient.Of(matmul, node, upstream),
        GroupedMatMul => GroupedGradient.OfMatMul(node, upstream),
        GroupedOuter => GroupedGradient.OfOuter(node, upstream),
        LowRankDown => LowRankGradient.OfDown(node, upstream),
        LowRankUp => LowRankGradient.OfUp(node, upstream),
        Attention attention => AttentionGradient.Of(attention, node, upstream),
        Store => StoreGradient.Of(node, upstream),
        Rotary rotary => RotaryGradient.Of(rotary, node, upstream),
        After => [upstream, Contribution.None],
        _ => throw new NotSupportedException(
            $"{node.Op.Describe(node.Sources.AsSpan())}: the operation '{node.Op.Name}' has no gradient rule; "
            + "detach its inputs if none should pass"),
    };

    /// <summary>The type of a value's gradient: what 16 bits and block formats hold is computed with as F32.</summary>
    public static DType TypeOf(Node node) => node.Type == DType.F64 ? DType.F64 : DType.F32;
}
