namespace Ashlar.Tensors.Operations;

/// <summary>
/// Elements of one tensor where a condition holds, of another where it does not. Inputs: condition (Bool), then and else (one
/// type out of F32, F64, I32, I64), shapes that broadcast. Result: the broadcast shape.
/// </summary>
internal sealed record Select : Op
{
    /// <inheritdoc/>
    public override string Name => "select";

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 3);
        var type = inputs[1].Type;
        Require(inputs[0].Type == DType.Bool, inputs, "the condition must be Bool");
        Require(type == inputs[2].Type && type is DType.F32 or DType.F64 or DType.I32 or DType.I64, inputs,
            "the alternatives must be of one type out of F32, F64, I32, I64");
        var values = Shape.TryBroadcast(inputs[1].Shape, inputs[2].Shape);
        var shape = values is null ? null : Shape.TryBroadcast(inputs[0].Shape, values.Value);
        Require(shape is not null, inputs, "shapes do not broadcast");
        return (type, shape!.Value);
    }
}
