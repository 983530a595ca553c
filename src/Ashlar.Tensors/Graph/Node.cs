using System.Collections.Immutable;

namespace Ashlar.Tensors;

/// <summary>One value of a graph: an operation applied to other nodes. Shapes are checked when it is made.</summary>
public sealed class Node
{
    /// <summary>Applies an operation.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="inputs">What it is applied to, in the order that its documentation gives.</param>
    /// <param name="label">A name for dumps and errors, such as the tensor that the value is known by in the paper.</param>
    /// <exception cref="ShapeException">The inputs do not fit the operation.</exception>
    public Node(Op op, ReadOnlySpan<Node> inputs, string? label = null)
    {
        Op = op;
        Inputs = [.. inputs];
        Label = label;
        try
        {
            (Type, Shape) = op.Infer(inputs);
        }
        catch (OverflowException)
        {
            throw ShapeException.For(op, inputs, "the sizes do not fit 63 bits");
        }

        if (Shape.Dims.Any(dim => dim is { IsConstant: true, Value: < 0 }))
        {
            throw ShapeException.For(op, inputs, $"{Shape} has a negative size");
        }
    }

    /// <summary>The operation.</summary>
    public Op Op { get; }

    /// <summary>What the operation is applied to; nothing once the lazy front end has computed the value.</summary>
    public ImmutableArray<Node> Inputs { get; private set; }

    /// <summary>The element type of the value.</summary>
    public DType Type { get; }

    /// <summary>The shape of the value.</summary>
    public Shape Shape { get; }

    /// <summary>A name for dumps and errors, or null.</summary>
    public string? Label { get; }

    /// <summary>The value, where the lazy front end has computed it already; the graph then takes it as a leaf.</summary>
    internal TensorData? Realized { get; private set; }

    /// <summary>
    /// Makes the value a leaf. The inputs are let go: a loop that realizes each step from the last would keep every step in
    /// memory.
    /// </summary>
    internal void Keep(TensorData value) => (Realized, Inputs) = (value, []);

    /// <summary>Label or operation, element type and shape, for errors.</summary>
    internal string Describe() => $"{(Label is null ? Op.Name : $"'{Label}'")} {Type} {Shape}";

    /// <inheritdoc/>
    public override string ToString() => Describe();
}
