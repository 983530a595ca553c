namespace Ashlar.Tensors.Operations;

/// <summary>
/// The same numbers in another type. Input: any type, block formats included; result: F32, F64, F16, BF16, I32, I64 or Bool (not
/// zero). Floats become whole numbers by truncation, saturating; F16 and BF16 round to nearest even.
/// </summary>
internal sealed record Cast(DType To) : Op
{
    /// <inheritdoc/>
    public override string Name => "cast";

    /// <inheritdoc/>
    public override string Attributes => To.ToString();

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        Require(
            To is DType.F32 or DType.F64 or DType.F16 or DType.BF16 or DType.I32 or DType.I64 or DType.Bool, inputs,
            $"cannot make {To}");
        return (To, inputs[0].Shape);
    }
}
