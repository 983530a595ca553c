using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>
/// The halves of low-rank products, as grouped products with their matrices brought into rows. Ranks that do not count may hold
/// anything, so they are read as zeros.
/// </summary>
internal static class LowRankGradient
{
    /// <summary>The gradients of rows and matrices; nothing for choices and ranks.</summary>
    public static Contribution[] OfDown(Node node, Tensor upstream)
    {
        var (rows, matrices, choices) = (new Tensor(node.Sources[0]), new Tensor(node.Sources[1]), new Tensor(node.Sources[2]));
        var (count, width, rank) = (matrices.Shape[0], matrices.Shape[2], node.Shape[1]);
        var counts = Counts(node, rank); // (choices, rank)
        var plain = OnlyWhere(counts.Reshape([count, 1, rank]), matrices.Permute(0, 2, 1, 3).Reshape([count, width, rank]));
        var sums = OnlyWhere(counts.Reshape([count, rank, 1]), upstream.GroupedOuter(rows, choices, count)); // (choices, rank, k)
        return
        [
            upstream.GroupedMatMul(plain, choices),
            sums.Reshape([count, matrices.Shape[1], LowRankDown.Group, width]).Permute(0, 1, 3, 2),
            Contribution.None,
            Contribution.None,
        ];
    }

    /// <summary>The gradients of sums, smaller rows and panels; nothing for choices and ranks.</summary>
    public static Contribution[] OfUp(Node node, Tensor upstream)
    {
        var (rows, panels, choices) = (new Tensor(node.Sources[1]), new Tensor(node.Sources[2]), new Tensor(node.Sources[3]));
        var (count, covered, rank, width) = (panels.Shape[0], panels.Shape[1] * LowRankUp.Columns, rows.Shape[1], node.Shape[1]);
        var counts = Counts(node, rank).Reshape([count, rank, 1]);
        var plain = OnlyWhere(counts, panels.Permute(0, 2, 1, 3).Reshape([count, rank, covered]).Slice(2, 0, width));
        var sums = OnlyWhere(counts, rows.GroupedOuter(upstream, choices, count)); // (choices, rank, n)
        if (covered != width)
        {
            sums = Tensor.Concat(2, sums, Tensor.Scalar(0, sums.Type).Expand([count, rank, covered - width]));
        }

        return
        [
            upstream,
            upstream.GroupedMatMul(plain, choices),
            sums.Reshape([count, rank, panels.Shape[1], LowRankUp.Columns]).Permute(0, 2, 1, 3),
            Contribution.None,
            Contribution.None,
        ];
    }

    // Which ranks of each matrix count, (choices, rank).
    private static Tensor Counts(Node node, Dim rank)
    {
        var ranks = new Tensor(node.Sources[^1]);
        return Tensor.Range(rank).Reshape([1, rank]).LessThan(ranks.Reshape([ranks.Shape[0], 1]));
    }

    private static Tensor OnlyWhere(Tensor condition, Tensor values) => condition.Select(values, Tensor.Scalar(0, values.Type));
}
