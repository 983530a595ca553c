namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Products with the matrix of each row's group, and their reverse.</summary>
internal static class GroupedGradient
{
    /// <summary>The gradients of rows and matrices; nothing for the groups.</summary>
    public static Contribution[] OfMatMul(Node node, Tensor upstream)
    {
        var (rows, matrices, groups) = (new Tensor(node.Sources[0]), new Tensor(node.Sources[1]), new Tensor(node.Sources[2]));
        var plain = matrices.Type.IsBlocked ? matrices.Cast(rows.Type) : matrices;
        var right = matrices.Type == DType.BF16 ? rows.Cast(DType.BF16) : rows; // as in a plain product's gradient
        return
        [
            upstream.GroupedMatMul(plain.Permute(0, 2, 1), groups),
            upstream.GroupedOuter(right, groups, matrices.Shape[0]).Cast(GradientRules.TypeOf(matrices.Node)),
            Contribution.None,
        ];
    }

    /// <summary>The gradients of both lists of rows; nothing for the groups.</summary>
    public static Contribution[] OfOuter(Node node, Tensor upstream)
    {
        var (left, right, groups) = (new Tensor(node.Sources[0]), new Tensor(node.Sources[1]), new Tensor(node.Sources[2]));
        return
        [
            right.Cast(left.Type).GroupedMatMul(upstream, groups),
            left.GroupedMatMul(upstream.Permute(0, 2, 1), groups).Cast(GradientRules.TypeOf(right.Node)),
            Contribution.None,
        ];
    }
}
