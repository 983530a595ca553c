using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Sharding;

/// <summary>What becomes of a matrix product whose operands are cut.</summary>
internal static class ShardedProduct
{
    /// <summary>What a rank has of the product; null where it needs all of the operands.</summary>
    public static Part? Of(MatMul matmul, Node node, Part[] operands, Parts parts)
    {
        var (left, right) = (operands[0], operands[1]);
        var (leftShape, rightShape) = (node.Inputs[0].Shape, node.Inputs[1].Shape);
        var rank = leftShape.Rank;
        var (n, k) = matmul.TransposeRight
            ? (rightShape.Rank - 2, rightShape.Rank - 1)
            : (rightShape.Rank - 1, rightShape.Rank - 2);

        // Summed over what is cut: every rank has a part of each sum.
        if (left.Axis == rank - 1 || right.Axis == k)
        {
            if ((left.IsCut && left.Axis != rank - 1) || (right.IsCut && right.Axis != k)) return null;
            var a = left.IsCut ? left.Node : parts.Cut(left.Node, rank - 1);
            var b = right.IsCut ? right.Node : parts.Cut(right.Node, k);
            return new Part(parts.Sum(new Node(matmul, [a, b], node.Label)));
        }

        if (right.Axis == n)
        {
            return left.IsCut ? null : ShardRules.Apply(node, [new Part(parts.Copy(left.Node)), right], rank - 1);
        }

        if (left.Axis == rank - 2 || rightShape.Rank == 2)
        {
            return right.IsCut ? null : ShardRules.Apply(node, [left, new Part(parts.Copy(right.Node))], left.Axis);
        }

        // One of many products: both operands have the axis.
        var axis = left.IsCut ? left.Axis : right.Axis;
        if (left.IsCut && right.IsCut && left.Axis != right.Axis) return null;
        return ShardRules.Apply(node,
        [
            left.IsCut ? left : new Part(parts.Cut(left.Node, axis)),
            right.IsCut ? right : new Part(parts.Cut(right.Node, axis)),
        ], axis);
    }
}
