using System.Globalization;

namespace Ashlar.Tensors.Operations;

/// <summary>A run of elements along one axis, any plain type.</summary>
/// <param name="Axis">The axis, negative from the back.</param>
/// <param name="Start">The first element that is taken, 0 or more.</param>
/// <param name="Length">How many are taken.</param>
internal sealed record Slice(int Axis, long Start, Dim Length) : Op
{
    /// <inheritdoc/>
    public override string Name => "slice";

    /// <inheritdoc/>
    public override string Attributes =>
        string.Create(CultureInfo.InvariantCulture, $"axis {Axis}, {Length} from {Start}");

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        var axis = ResolveAxis(Axis, inputs);
        Require(Start >= 0, inputs, "starts before the first element");
        var past = inputs[0].Shape[axis] - Start - Length;
        Require(!past.IsConstant || past.Value >= 0, inputs, $"reaches past the end of axis {axis}");
        Require(!inputs[0].Type.IsBlocked, inputs, "cannot slice a block format; cast it first");
        return (inputs[0].Type, inputs[0].Shape.With(axis, Length));
    }
}
