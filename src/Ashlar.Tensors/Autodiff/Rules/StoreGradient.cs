namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Rows that are written into a state: the rows before have no part in the result any more.</summary>
internal static class StoreGradient
{
    /// <summary>The gradients of the state as it was before, and of the rows; nothing for the indices.</summary>
    public static Contribution[] Of(Node node, Tensor upstream)
    {
        var indices = new Tensor(node.Sources[2]);
        var (zero, one) = (Tensor.Scalar(0, upstream.Type), Tensor.Scalar(1, upstream.Type));
        var writes = one.Expand(indices.Shape).ScatterAdd(indices, node.Shape[0]); // of each row
        Dim[] perRow = [node.Shape[0], .. Enumerable.Repeat((Dim)1, node.Shape.Rank - 1)];
        return
        [
            zero.LessThan(writes.Reshape([.. perRow])).Select(zero, upstream),
            upstream.Gather(indices).Cast(GradientRules.TypeOf(node.Sources[1])),
            Contribution.None,
        ];
    }
}
