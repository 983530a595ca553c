namespace Ashlar.Tensors.Operations;

/// <summary>
/// Data known before the graph runs and the same in every run: a model's weights, or a tensor made from an array.
/// </summary>
internal sealed record Weight(TensorData Data) : Op
{
    /// <inheritdoc/>
    public override string Name => "weight";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 0);
        return (Data.Type, Shape.Of(Data.Sizes));
    }
}
