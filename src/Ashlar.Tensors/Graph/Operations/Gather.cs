namespace Ashlar.Tensors.Operations;

/// <summary>
/// Rows of a table. Inputs: table (rows, ...) of any type, indices (...) I32, each from 0 to rows - 1. Result: (indices..., row...);
/// the table's type, but F32 where that is F16, BF16 or a block format.
/// </summary>
internal sealed record Gather : Op
{
    /// <inheritdoc/>
    public override string Name => "gather";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 2);
        var (table, indices) = (inputs[0], inputs[1]);
        Require(table.Shape.Rank > 0, inputs, "the table needs an axis to choose from");
        Require(indices.Type == DType.I32, inputs, "the indices must be I32");
        Require(!table.Type.IsBlocked || table.Shape.Rank > 1, inputs, "cannot choose single elements of a block format");
        var type = table.Type is DType.F16 or DType.BF16 || table.Type.IsBlocked ? DType.F32 : table.Type;
        return (type, [.. indices.Shape, .. table.Shape.Skip(1)]);
    }
}
