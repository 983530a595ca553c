using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Batching.Rules;

/// <summary>Matrix products: samples are more rows for one matrix, or more products.</summary>
internal static class MatMulBatching
{
    /// <summary>The products of all samples.</summary>
    public static Tensor Of(MatMul matmul, BatchedNode node)
    {
        var right = node.Node.Inputs[1].Shape;
        if (!node.IsBatched(1) && right.Rank == 2) return node.All(0).MatMul(node.AsIs(1), matmul.TransposeRight);
        var (rows, matrices) = (node.All(0), node.All(1));
        if (right.Rank == 2)
        {
            // One matrix for all leading axes of a sample: they are more rows of its product.
            Dim count = 1;
            foreach (var axis in rows.Shape.Skip(1).SkipLast(1)) count *= axis;
            rows = rows.Reshape([node.Size, count, rows.Shape[^1]]);
        }

        return node.Split(rows.MatMul(matrices, matmul.TransposeRight));
    }
}
