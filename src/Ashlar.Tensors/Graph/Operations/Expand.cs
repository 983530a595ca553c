namespace Ashlar.Tensors.Operations;

/// <summary>Repeats axes of size 1 (and axes put in front) to the sizes of a larger shape, any plain type.</summary>
internal sealed record Expand(Shape To) : Op
{
    /// <inheritdoc/>
    public override string Name => "expand";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        Require(Shape.TryBroadcast(inputs[0].Shape, To) == To, inputs, $"cannot stretch to {To}");
        Require(!inputs[0].Type.IsBlocked, inputs, "cannot expand a block format; cast it first");
        return (inputs[0].Type, To);
    }
}
