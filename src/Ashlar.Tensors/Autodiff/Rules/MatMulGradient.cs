using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>
/// Matrix products. A right operand of BF16 has BF16 in the products of its gradient too; what is computed from F16 and from
/// block formats is computed with as it is decoded.
/// </summary>
internal static class MatMulGradient
{
    /// <summary>For Y = A B or A transposed(B), given dY: dA and dB.</summary>
    public static Contribution[] Of(MatMul matmul, Node node, Tensor dy)
    {
        var (a, b) = (new Tensor(node.Sources[0]), new Tensor(node.Sources[1]));
        var right = b.Type.IsBlocked ? b.Cast(a.Type) : b;
        var da = dy.MatMul(right, transposeRight: !matmul.TransposeRight);

        // One matrix for all leading axes: they are more rows, over which the gradient sums.
        var (rows, upstream) = b.Shape.Rank == 2 ? (AsMatrix(a), AsMatrix(dy)) : (a, dy);
        var db = matmul.TransposeRight
            ? Transpose(upstream).MatMul(As(b.Type, rows)) // (n, m) (m, k)
            : Transpose(rows).MatMul(As(b.Type, upstream)); // (k, m) (m, n)
        return [da, db.Cast(GradientRules.TypeOf(b.Node))];
    }

    private static Tensor AsMatrix(Tensor x)
    {
        Dim rows = 1;
        foreach (var size in x.Shape.SkipLast(1)) rows *= size;
        return x.Reshape([rows, x.Shape[^1]]);
    }

    private static Tensor As(DType type, Tensor right) => type == DType.BF16 ? right.Cast(DType.BF16) : right;

    private static Tensor Transpose(Tensor x)
    {
        int[] axes = [.. Enumerable.Range(0, x.Shape.Rank)];
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return x.Permute(axes);
    }
}
