namespace Ashlar.Tensors.Operations;

/// <summary>
/// Adds to rows the product of smaller rows with a matrix of their own choice, the second half of a low-rank product (Hu et al.,
/// 2021). Inputs: sums (m, n); smaller rows (m, rank); matrices in panels of sixteen columns, (choices, ceil(n / 16), rank, 16),
/// all F32 or F64; choice of each row (m) I32, from 0 to choices - 1; how many rows of each matrix count (choices) I32, held to 0 to
/// rank. Result: (m, n); where nothing counts, the sums as they were, to the bit.
/// </summary>
internal sealed record LowRankUp : Op
{
    /// <summary>Columns of a panel.</summary>
    public const int Columns = 16;

    /// <inheritdoc/>
    public override string Name => "low_rank_up";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 5);
        var (sums, rows, panels, choices, ranks) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]);
        Require(
            sums.Shape.Rank == 2 && rows.Shape.Rank == 2 && panels.Shape.Rank == 4, inputs,
            "takes sums (m, n), rows (m, rank) and panels (choices, n / 16, rank, 16)");
        Require(
            sums.Type is DType.F32 or DType.F64 && rows.Type == sums.Type && panels.Type == sums.Type, inputs,
            "takes F32, or F64");
        Require(sums.Shape[0] == rows.Shape[0], inputs, "sums and rows differ in number");
        Require(rows.Shape[1] == panels.Shape[2], inputs, $"ranks {rows.Shape[1]} and {panels.Shape[2]} differ");
        Require(
            sums.Shape[1] is { IsConstant: true } width && panels.Shape[1] == (width.Value + Columns - 1) / Columns
            && panels.Shape[3] == (long)Columns, inputs, "the panels do not cover the sums");
        Require(choices.Type == DType.I32 && choices.Shape == [sums.Shape[0]], inputs, "takes one I32 choice for every row");
        Require(ranks.Type == DType.I32 && ranks.Shape == [panels.Shape[0]], inputs, "takes one I32 rank for every matrix");
        return (sums.Type, sums.Shape);
    }
}
