namespace Ashlar.Tensors.Operations;

/// <summary>A value that every run is given, such as the token ids of a batch.</summary>
internal sealed record Input(string Key, DType Type, Shape Shape) : Op
{
    /// <inheritdoc/>
    public override string Name => "input";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 0);
        return (Type, Shape);
    }
}
