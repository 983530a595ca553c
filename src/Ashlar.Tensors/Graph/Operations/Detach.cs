namespace Ashlar.Tensors.Operations;

/// <summary>
/// The same value as a constant: no gradient passes. Input: any type; result: the same. Computing takes no note of it.
/// </summary>
internal sealed record Detach : Op
{
    /// <inheritdoc/>
    public override string Name => "detach";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        return (inputs[0].Type, inputs[0].Shape);
    }
}
