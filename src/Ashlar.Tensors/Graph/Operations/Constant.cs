using System.Globalization;

namespace Ashlar.Tensors.Operations;

/// <summary>One number, a scalar of the given type.</summary>
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
        return (Type, []);
    }
}
