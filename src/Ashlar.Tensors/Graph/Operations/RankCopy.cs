namespace Ashlar.Tensors.Operations;

/// <summary>
/// A value that every rank has, where each rank goes on with a part of the work: the same value, but its gradient is the sum over
/// the ranks. Input: any type; result: the same. Computing takes no note of it.
/// </summary>
/// <param name="Exchange">Replaces elements by their sum over all ranks.</param>
internal sealed record RankCopy(Action<TensorData> Exchange) : Op
{
    /// <inheritdoc/>
    public override string Name => "rank_copy";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        return (inputs[0].Type, inputs[0].Shape);
    }
}
