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

    /// <summary>Whether both are the same number, bit by bit: the zeros are two.</summary>
    public bool Equals(Constant? other) => other is not null && Type == other.Type
        && BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(BitConverter.DoubleToInt64Bits(Value), Type);

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
