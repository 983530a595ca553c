using System.Text;

namespace Ashlar.Tensors;

/// <summary>
/// What a <see cref="Node"/> computes, with its constant attributes. Operations are values: two of the same kind and
/// attributes are equal, so that passes can recognize and merge nodes.
/// </summary>
public abstract record Op
{
    /// <summary>The name in dumps and errors.</summary>
    public abstract string Name { get; }

    /// <summary>The attributes in dumps and errors, empty where there are none.</summary>
    public virtual string Attributes => "";

    /// <summary>The shape rule: element type and shape of the result.</summary>
    /// <exception cref="ShapeException">The inputs do not fit the operation.</exception>
    internal abstract (DType Type, Shape Shape) Infer(ReadOnlySpan<Node> inputs);

    /// <summary>The operation and its inputs with their shapes, for errors.</summary>
    internal string Describe(ReadOnlySpan<Node> inputs)
    {
        var text = new StringBuilder(Name);
        if (Attributes.Length > 0) text.Append('[').Append(Attributes).Append(']');
        for (var i = 0; i < inputs.Length; i++)
        {
            text.Append(i == 0 ? " of " : i == inputs.Length - 1 ? " and " : ", ").Append(inputs[i].Describe());
        }

        return text.ToString();
    }

    /// <summary>Checks a condition of the shape rule; the error names the operation and every input with its shape.</summary>
    private protected void Require(bool condition, ReadOnlySpan<Node> inputs, string rule)
    {
        if (!condition) throw ShapeException.For(this, inputs, rule);
    }

    private protected void RequireCount(ReadOnlySpan<Node> inputs, int count) =>
        Require(inputs.Length == count, inputs, $"takes {count} input{(count == 1 ? "" : "s")}, not {inputs.Length}");

    /// <summary>An axis of the first input, counted from the front; an error where it has no such axis.</summary>
    private protected int ResolveAxis(int axis, ReadOnlySpan<Node> inputs)
    {
        var rank = inputs[0].Shape.Rank;
        Require(axis >= -rank && axis < rank, inputs, $"has no axis {axis}");
        return Shape.AxisFromFront(axis, rank);
    }
}
