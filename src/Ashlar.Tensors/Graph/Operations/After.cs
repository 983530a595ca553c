namespace Ashlar.Tensors.Operations;

/// <summary>
/// A value that is not there before another one is. Inputs: the value, of any type; the trigger, any value at all, which is not
/// read. Result: the value. What is computed from the result is another node than what is computed from the value, and is computed
/// later: so a value can be computed a second time instead of being kept.
/// </summary>
internal sealed record After : Op
{
    /// <inheritdoc/>
    public override string Name => "after";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 2);
        return (inputs[0].Type, inputs[0].Shape);
    }
}
