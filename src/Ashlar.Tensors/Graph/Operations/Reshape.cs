namespace Ashlar.Tensors.Operations;

/// <summary>The same elements in the same order under another shape of as many.</summary>
internal sealed record Reshape(Shape To) : Op
{
    /// <inheritdoc/>
    public override string Name => "reshape";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        Require(inputs[0].Shape.Elements == To.Elements, inputs, $"cannot become {To}, which has another number of elements");
        Require(!inputs[0].Type.IsBlocked, inputs, "cannot reshape a block format; cast it first");
        return (inputs[0].Type, To);
    }
}
