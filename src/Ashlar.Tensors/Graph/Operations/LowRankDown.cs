namespace Ashlar.Tensors.Operations;

/// <summary>
/// Rows times a small matrix of their own choice, the first half of a low-rank product (Hu et al., 2021). Inputs: rows (m, k);
/// matrices with their rows by eights, (choices, rank / 8, k, 8), both F32 or F64; choice of each row (m) I32, from 0 to choices - 1; how
/// many rows of each matrix count (choices) I32, held to 0 to rank. Result: (m, rank), with zeros where no row counts.
/// </summary>
internal sealed record LowRankDown : Op
{
    /// <summary>Rows of a matrix that lie together.</summary>
    public const int Group = 8;

    /// <inheritdoc/>
    public override string Name => "low_rank_down";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 4);
        var (rows, matrices, choices, ranks) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        Require(
            rows.Shape.Rank == 2 && matrices.Shape.Rank == 4 && matrices.Shape[3] == (long)Group, inputs,
            "takes rows (m, k) and matrices (choices, rank / 8, k, 8)");
        Require(rows.Type is DType.F32 or DType.F64 && matrices.Type == rows.Type, inputs, "takes F32, or F64");
        Require(rows.Shape[1] == matrices.Shape[2], inputs, $"inner sizes {rows.Shape[1]} and {matrices.Shape[2]} differ");
        Require(choices.Type == DType.I32 && choices.Shape == [rows.Shape[0]], inputs, "takes one I32 choice for every row");
        Require(ranks.Type == DType.I32 && ranks.Shape == [matrices.Shape[0]], inputs, "takes one I32 rank for every matrix");
        return (rows.Type, [rows.Shape[0], matrices.Shape[1] * Group]);
    }
}
