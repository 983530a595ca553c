namespace Ashlar.Tensors.Operations;

/// <summary>
/// Adds rows into a table of zeros: the reverse of <see cref="Gather"/>. Inputs: rows (indices..., row...) F32 or F64, indices
/// (...) I32, each from 0 to <paramref name="Rows"/> - 1. Result: (rows, row...); equal indices add up in their order.
/// </summary>
/// <param name="Rows">The number of rows of the table.</param>
internal sealed record ScatterAdd(Dim Rows) : Op
{
    /// <inheritdoc/>
    public override string Name => "scatter_add";

    /// <inheritdoc/>
    public override string Attributes => $"{Rows} rows";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 2);
        var (rows, indices) = (inputs[0], inputs[1]);
        Require(rows.Type is DType.F32 or DType.F64, inputs, $"does not add {rows.Type}; cast it first");
        Require(indices.Type == DType.I32, inputs, "the indices must be I32");
        Require(rows.Shape.Rank >= indices.Shape.Rank && rows.Shape.Take(indices.Shape.Rank).SequenceEqual(indices.Shape), inputs,
            "there must be a row for every index");
        return (rows.Type, [Rows, .. rows.Shape.Skip(indices.Shape.Rank)]);
    }
}
