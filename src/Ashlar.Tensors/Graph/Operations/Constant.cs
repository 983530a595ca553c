using System.Globalization;

namespace Ashlar.Tensors.Operations;

/// <summary>
/// One number, a scalar of F32, F64, I32, I64 or Bool (not zero). Integers take whole numbers within their range.
/// </summary>
internal sealed record Constant(double Value, DType Type) : Op
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override string Attributes => Value.ToString("R", CultureInfo.InvariantCulture);

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 0);
        Require(Type is DType.F32 or DType.F64 or DType.I32 or DType.I64 or DType.Bool, inputs, $"cannot be of type {Type}");
        var largest = Type == DType.I32 ? int.MaxValue : long.MaxValue;
        Require(
            !Type.IsInteger || (double.IsInteger(Value) && Value >= -largest - 1.0 && Value < largest + 1.0), inputs,
            $"does not fit {Type}; cast the other operand to F32");
        return (Type, []);
    }
}
