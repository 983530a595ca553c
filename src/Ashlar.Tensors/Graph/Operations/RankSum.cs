namespace Ashlar.Tensors.Operations;

/// <summary>
/// The sum of a value over the ranks that run the same graph side by side. Input: any shape, F32 or F64, of one shape on every
/// rank; and, where sums have an order, the sum that comes before this one. Result: as the first. Ranks meet in it, so all of them
/// must compute their sums in the same order.
/// </summary>
/// <param name="Exchange">Replaces elements by their sum over all ranks.</param>
internal sealed record RankSum(Action<TensorData> Exchange) : Op
{
    /// <inheritdoc/>
    public override string Name => "rank_sum";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        Require(inputs.Length is 1 or 2, inputs, "takes a value, and maybe the sum before");
        Require(inputs[0].Type is DType.F32 or DType.F64, inputs, $"does not take {inputs[0].Type}; cast it first");
        return (inputs[0].Type, inputs[0].Shape);
    }
}
