namespace Ashlar.Tensors.Operations;

/// <summary>
/// A value that lives from run to run and that <see cref="Store"/> changes in place, such as a layer's key cache.
/// </summary>
internal sealed record State(string Key, DType Type, Shape Shape) : Op
{
    /// <inheritdoc/>
    public override string Name => "state";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 0);
        return (Type, Shape);
    }
}
