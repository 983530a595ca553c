namespace Ashlar.Tensors.Operations;

/// <summary>
/// Matrix product. Inputs: left (..., m, k), right (..., k, n), or (..., n, k) where <paramref name="TransposeRight"/>, which is
/// how weights lie on disk; the right one may have two axes whatever the left has, else the leading axes agree. The left is F32
/// or F64; the right is of the same type, F16, BF16, or a block format (two axes, transposed). Result: (..., m, n) of the left's
/// type.
/// </summary>
/// <param name="TransposeRight">Whether the right operand's last axis is the one that is summed over.</param>
internal sealed record MatMul(bool TransposeRight) : Op
{
    /// <inheritdoc/>
    public override string Name => "matmul";

    /// <inheritdoc/>
    public override string Attributes => TransposeRight ? "right transposed" : "";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 2);
        var (left, right) = (inputs[0], inputs[1]);
        Require(left.Shape.Rank >= 2 && right.Shape.Rank >= 2, inputs, "takes at least two axes each");
        Require(left.Type is DType.F32 or DType.F64, inputs, $"the left operand cannot be {left.Type}; cast it first");
        Require(right.Type == left.Type || right.Type is DType.F16 or DType.BF16 || right.Type.IsBlocked, inputs,
            $"cannot multiply {left.Type} by {right.Type}; cast one of them");
        Require(!right.Type.IsBlocked || (TransposeRight && right.Shape.Rank == 2), inputs,
            "a block format is multiplied only as (n, k), transposed");
        var (n, k) = TransposeRight ? (right.Shape[^2], right.Shape[^1]) : (right.Shape[^1], right.Shape[^2]);
        Require(left.Shape[^1] == k, inputs, $"inner sizes {left.Shape[^1]} and {k} differ");
        Require(
            right.Shape.Rank == 2 || left.Shape.SkipLast(2).SequenceEqual(right.Shape.SkipLast(2)), inputs,
            "leading sizes differ");
        return (left.Type, left.Shape.With(left.Shape.Rank - 1, n));
    }
}
