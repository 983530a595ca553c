using System.Collections.Immutable;

namespace Ashlar.Tensors.Operations;

/// <summary>Reorders the axes: axis i of the result is axis <c>Axes[i]</c> of the input, any plain type.</summary>
internal sealed record Permute(ImmutableArray<int> Axes) : Op
{
    /// <inheritdoc/>
    public override string Name => "permute";

    /// <inheritdoc/>
    public override string Attributes => string.Join(' ', Axes);

    /// <inheritdoc/>
    public bool Equals(Permute? other) => other is not null && Axes.SequenceEqual(other.Axes);

    /// <inheritdoc/>
    public override int GetHashCode() => Axes.Aggregate(0, HashCode.Combine);

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        var shape = inputs[0].Shape;
        Require(Axes.Order().SequenceEqual(Enumerable.Range(0, shape.Rank)), inputs, "must name every axis once");
        Require(!inputs[0].Type.IsBlocked, inputs, "cannot permute a block format; cast it first");
        return (inputs[0].Type, [.. Axes.Select(axis => shape[axis])]);
    }
}
