namespace Ashlar.Tensors.Operations;

/// <summary>
/// Each row times the matrix that its group names, as a layer of experts needs it. Inputs: rows (m, k) F32 or F64; matrices
/// (groups, n, k) of the same type, F16, BF16 or a block format; group of each row (m) I32, from 0 to groups - 1. Result: (m, n).
/// </summary>
internal sealed record GroupedMatMul : Op
{
    /// <inheritdoc/>
    public override string Name => "grouped_matmul";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 3);
        var (rows, matrices, groups) = (inputs[0], inputs[1], inputs[2]);
        Require(rows.Shape.Rank == 2 && matrices.Shape.Rank == 3, inputs, "takes rows (m, k) and matrices (groups, n, k)");
        Require(rows.Type is DType.F32 or DType.F64, inputs, $"the rows cannot be {rows.Type}; cast them first");
        Require(matrices.Type == rows.Type || matrices.Type is DType.F16 or DType.BF16 || matrices.Type.IsBlocked, inputs,
            $"cannot multiply {rows.Type} by {matrices.Type}; cast one of them");
        Require(rows.Shape[1] == matrices.Shape[2], inputs, $"inner sizes {rows.Shape[1]} and {matrices.Shape[2]} differ");
        Require(groups.Type == DType.I32 && groups.Shape == [rows.Shape[0]], inputs, "takes one I32 group for every row");
        return (rows.Type, [rows.Shape[0], matrices.Shape[1]]);
    }
}
