namespace Ashlar.Tensors.Operations;

/// <summary>
/// Rows of a table, or of one table for each index of the leading axes that both inputs share. Inputs: table (shared..., rows,
/// ...) of any type, indices (shared..., ...) I32, each from 0 to rows - 1. Result: (indices..., row...); the table's type, but
/// F32 where that is F16, BF16 or a block format.
/// </summary>
/// <param name="Shared">How many leading axes table and indices share.</param>
internal sealed record Gather(int Shared = 0) : Op
{
    /// <inheritdoc/>
    public override string Name => "gather";

    /// <inheritdoc/>
    public override string Attributes => Shared == 0 ? "" : $"{Shared} shared";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 2);
        var (table, indices) = (inputs[0], inputs[1]);
        Require(table.Shape.Rank > Shared, inputs, "the table needs an axis to choose from");
        Require(indices.Type == DType.I32, inputs, "the indices must be I32");
        Require(
            Shared >= 0 && indices.Shape.Rank >= Shared && indices.Shape.Take(Shared).SequenceEqual(table.Shape.Take(Shared)),
            inputs, "table and indices differ in the axes that they share");
        Require(
            !table.Type.IsBlocked || table.Shape.Rank > Shared + 1, inputs, "cannot choose single elements of a block format");
        var type = table.Type is DType.F16 or DType.BF16 || table.Type.IsBlocked ? DType.F32 : table.Type;
        return (type, [.. indices.Shape, .. table.Shape.Skip(Shared + 1)]);
    }
}
