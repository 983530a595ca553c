namespace Ashlar.Tensors.Operations;

/// <summary>
/// Where the largest elements along the last axis stand, largest first; of equal ones the first position wins.
/// Input: (..., n), F32 or F64, n at least <paramref name="Count"/>; result: (..., count), I32.
/// </summary>
/// <param name="Count">How many, 1 or more.</param>
internal sealed record TopK(int Count) : Op
{
    /// <inheritdoc/>
    public override string Name => "top_k";

    /// <inheritdoc/>
    public override string Attributes => $"{Count}";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        var shape = inputs[0].Shape;
        Require(inputs[0].Type is DType.F32 or DType.F64, inputs, $"does not take {inputs[0].Type}; cast it first");
        Require(shape.Rank > 0, inputs, "takes at least one axis");
        Require(Count > 0 && (!shape[^1].IsConstant || shape[^1].Value >= Count), inputs, $"cannot choose {Count}");
        return (DType.I32, shape.With(shape.Rank - 1, Count));
    }
}
