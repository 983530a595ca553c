using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// What a product of matrices reads, that a run computes both: the operands' nodes, and how these lie. An operand that is another
/// with its last axes exchanged is read where that lies, and one that is rounded to BF16 is rounded when it is packed.
/// </summary>
/// <param name="Left">(matrices, m, k), or (matrices, k, m) where it is transposed.</param>
/// <param name="IsLeftTransposed">Whether it is.</param>
/// <param name="Right">(matrices, k, n), or (matrices, n, k) where it is transposed; F32.</param>
/// <param name="IsRightTransposed">Whether it is.</param>
/// <param name="IsRightRounded">Whether its elements count as rounded to BF16.</param>
/// <param name="Matrices">How many products there are.</param>
/// <param name="SharesRight">Whether all have the same right operand.</param>
/// <param name="M">Rows of each.</param>
/// <param name="K">Elements that are summed over.</param>
/// <param name="N">Columns.</param>
internal sealed record ProductOperands(
    Node Left, bool IsLeftTransposed, Node Right, bool IsRightTransposed, bool IsRightRounded, Dim Matrices, bool SharesRight,
    Dim M, long K, long N)
{
    // So that every distance within a matrix fits an instruction.
    private const long MostElements = 1 << 28;

    /// <summary>The operands of a product, or null where a node is none, or one that no kernel computes.</summary>
    public static ProductOperands? Of(Node node)
    {
        if (node is not { Realized: null, Type: DType.F32, Op: MatMul matmul }) return null;
        var (k, n) = (node.Inputs[0].Shape[^1], node.Shape[^1]);
        if (!k.IsConstant || !n.IsConstant || k.Value is < 1 or > MostElements || n.Value is < 1 or > MostElements) return null;
        var (left, isLeftTransposed) = Unswapped(node.Inputs[0]);
        var (right, isRightTransposed) = Unswapped(node.Inputs[1]);
        var isRounded = right is { Realized: null, Op: Cast { To: DType.BF16 } } && right.Inputs[0].Type == DType.F32;
        if (isRounded)
        {
            (right, var isSwapped) = Unswapped(right.Inputs[0]);
            isRightTransposed ^= isSwapped;
        }

        if (right.Type != DType.F32 || left.Type != DType.F32) return null;
        var leading = node.Shape.SkipLast(2).Aggregate((Dim)1L, (product, dim) => product * dim);
        var isShared = right.Shape.Rank == 2;
        var isOne = isShared && !isLeftTransposed;
        return new ProductOperands(
            left, isLeftTransposed, right, isRightTransposed ^ matmul.TransposeRight, isRounded, isOne ? 1L : leading, isShared,
            isOne ? leading * node.Shape[^2] : node.Shape[^2], k.Value, n.Value);
    }

    private static (Node Node, bool IsSwapped) Unswapped(Node node)
    {
        if (node is not { Realized: null, Op: Permute permute }) return (node, false);
        var rank = permute.Axes.Length;
        for (var axis = 0; axis < rank; axis++)
        {
            var same = axis < rank - 2 ? axis : 2 * rank - 3 - axis;
            if (permute.Axes[axis] != same) return (node, false);
        }

        return rank >= 2 ? (node.Inputs[0], true) : (node, false);
    }
}
