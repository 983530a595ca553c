namespace Ashlar.Tensors.Operations;

/// <summary>
/// The products of two lists of rows, added up by group: the gradient of the matrices of <see cref="GroupedMatMul"/>. Inputs: left
/// rows (m, n) F32 or F64; right rows (m, k) of the same type, F16 or BF16; group of each row (m) I32, from 0 to
/// <paramref name="Groups"/> - 1. Result: (groups, n, k) of the left's type, transposed(left) right of each group's rows, in their
/// order; zeros for a group without rows.
/// </summary>
/// <param name="Groups">The number of groups.</param>
internal sealed record GroupedOuter(Dim Groups) : Op
{
    /// <inheritdoc/>
    public override string Name => "grouped_outer";

    /// <inheritdoc/>
    public override string Attributes => $"{Groups} groups";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 3);
        var (left, right, groups) = (inputs[0], inputs[1], inputs[2]);
        Require(left.Shape.Rank == 2 && right.Shape.Rank == 2, inputs, "takes rows (m, n) and rows (m, k)");
        Require(left.Type is DType.F32 or DType.F64, inputs, $"the left rows cannot be {left.Type}; cast them first");
        Require(right.Type == left.Type || right.Type is DType.F16 or DType.BF16, inputs,
            $"cannot multiply {left.Type} by {right.Type}; cast one of them");
        Require(left.Shape[0] == right.Shape[0], inputs, "left and right differ in number");
        Require(groups.Type == DType.I32 && groups.Shape == [left.Shape[0]], inputs, "takes one I32 group for every row");
        return (left.Type, [Groups, left.Shape[1], right.Shape[1]]);
    }
}
