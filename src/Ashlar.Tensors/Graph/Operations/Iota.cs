namespace Ashlar.Tensors.Operations;

/// <summary>The numbers 0, 1, 2 ... as I32. Result: (length).</summary>
internal sealed record Iota(Dim Length) : Op
{
    /// <inheritdoc/>
    public override string Name => "iota";

    /// <inheritdoc/>
    public override string Attributes => Length.ToString();

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 0);
        return (DType.I32, [Length]);
    }
}
