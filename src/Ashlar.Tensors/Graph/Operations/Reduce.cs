using System.Globalization;

namespace Ashlar.Tensors.Operations;

/// <summary>How the elements along an axis become one.</summary>
internal enum ReduceFunction
{
    /// <summary>Their sum, 0 for none.</summary>
    Sum,
    /// <summary>The largest, negative infinity for none.</summary>
    Maximum,
}

/// <summary>Reduces one axis to size 1. Input: F32 or F64; result: the same type, rank kept.</summary>
/// <param name="Function">How elements are combined, in the order of their position.</param>
/// <param name="Axis">The axis, negative from the back.</param>
internal sealed record Reduce(ReduceFunction Function, int Axis) : Op
{
    /// <inheritdoc/>
    public override string Name => Function == ReduceFunction.Sum ? "sum" : "maximum";

    /// <inheritdoc/>
    public override string Attributes => string.Create(CultureInfo.InvariantCulture, $"axis {Axis}");

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        Require(inputs[0].Type is DType.F32 or DType.F64, inputs, $"does not take {inputs[0].Type}; cast it first");
        return (inputs[0].Type, inputs[0].Shape.With(ResolveAxis(Axis, inputs), 1));
    }
}
