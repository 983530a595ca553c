using System.Globalization;

namespace Ashlar.Tensors.Operations;

/// <summary>Joins tensors along one axis; their other sizes and plain types agree.</summary>
/// <param name="Axis">The axis, negative from the back.</param>
internal sealed record Concat(int Axis) : Op
{
    /// <inheritdoc/>
    public override string Name => "concat";

    /// <inheritdoc/>
    public override string Attributes => string.Create(CultureInfo.InvariantCulture, $"axis {Axis}");

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        Require(inputs.Length > 0, inputs, "takes at least one input");
        var first = inputs[0];
        var axis = ResolveAxis(Axis, inputs);
        Require(!first.Type.IsBlocked, inputs, "cannot join block formats; cast them first");
        Dim length = 0;
        foreach (var input in inputs)
        {
            Require(input.Type == first.Type, inputs, "element types differ");
            Require(input.Shape.Rank == first.Shape.Rank && input.Shape.With(axis, 0) == first.Shape.With(axis, 0), inputs,
                $"sizes differ beside axis {axis}");
            length += input.Shape[axis];
        }

        return (first.Type, first.Shape.With(axis, length));
    }
}
