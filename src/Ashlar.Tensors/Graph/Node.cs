using System.Collections.Immutable;
using Ashlar.Tensors.Autodiff;

namespace Ashlar.Tensors;

/// <summary>One value of a graph: an operation applied to other nodes. Shapes are checked when it is made.</summary>
public sealed class Node
{
    private ImmutableArray<Node> _history; // default: the inputs are there

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

        Tracks = Type.IsFloat && op is not Operations.Detach && Inputs.Any(input => input.Tracks);
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
    /// Whether the value depends, by operations that pass gradients, on a leaf that wants one: see <see cref="Leaf"/>.
    /// </summary>
    internal bool Tracks { get; private set; }

    /// <summary>What the lazy front end keeps of a leaf that wants a gradient; null for every other node.</summary>
    internal GradientLeaf? Leaf { get; private set; }

    /// <summary>
    /// What the operation was applied to, as gradients need it: the inputs, also once the value has been computed if a leaf wants
    /// its gradient.
    /// </summary>
    internal ImmutableArray<Node> Sources => _history.IsDefault ? Inputs : _history;

    /// <summary>
    /// Makes the value a leaf. The inputs are let go, unless a gradient may be wanted: a loop that realizes each step from the
    /// last would keep every step in memory.
    /// </summary>
    internal void Keep(TensorData value)
    {
        if (Tracks && Leaf is null) _history = Sources;
        (Realized, Inputs) = (value, []);
    }

    /// <summary>A leaf of known data that wants a gradient.</summary>
    internal static Node Wanting(TensorData data, string? label) =>
        new(new Operations.Weight(data), [], label) { Tracks = true, Leaf = new GradientLeaf() };

    /// <summary>Label or operation, element type and shape, for errors.</summary>
    internal string Describe() => $"{(Label is null ? Op.Name : $"'{Label}'")} {Type} {Shape}";

    /// <inheritdoc/>
    public override string ToString() => Describe();
}
