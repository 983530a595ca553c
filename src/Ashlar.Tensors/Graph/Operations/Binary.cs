namespace Ashlar.Tensors.Operations;

/// <summary>The functions of two numbers.</summary>
internal enum BinaryFunction
{
    /// <summary>x + y.</summary>
    Add,
    /// <summary>x - y.</summary>
    Subtract,
    /// <summary>x y.</summary>
    Multiply,
    /// <summary>x / y; whole numbers round toward zero.</summary>
    Divide,
    /// <summary>The larger of two; NaN where either is.</summary>
    Maximum,
    /// <summary>The smaller of two; NaN where either is.</summary>
    Minimum,
    /// <summary>x to the y; F32 and F64 only.</summary>
    Power,
    /// <summary>Whether x = y; the result is Bool.</summary>
    Equal,
    /// <summary>Whether x &lt; y; the result is Bool.</summary>
    Less,
}

/// <summary>
/// A function of the elements of two tensors. Inputs: one type out of F32, F64, I32, I64; shapes that broadcast (axes aligned
/// from the last, size 1 stretches). Result: the broadcast shape; the inputs' type, or Bool for comparisons.
/// </summary>
internal sealed record Binary(BinaryFunction Function) : Op
{
    /// <inheritdoc/>
    public override string Name => Function switch
    {
        BinaryFunction.Add => "add",
        BinaryFunction.Subtract => "sub",
        BinaryFunction.Multiply => "mul",
        BinaryFunction.Divide => "div",
        BinaryFunction.Maximum => "max",
        BinaryFunction.Minimum => "min",
        BinaryFunction.Power => "pow",
        BinaryFunction.Equal => "equal",
        BinaryFunction.Less => "less",
        _ => throw new ArgumentOutOfRangeException(nameof(Function), Function, "not a function of two numbers"),
    };

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 2);
        var type = inputs[0].Type;
        Require(type == inputs[1].Type, inputs, "element types differ; cast one of them");
        Require(type is DType.F32 or DType.F64 || (type is DType.I32 or DType.I64 && Function != BinaryFunction.Power),
            inputs, $"does not take {type}; cast it first");
        var shape = Shape.TryBroadcast(inputs[0].Shape, inputs[1].Shape);
        Require(shape is not null, inputs, "shapes do not broadcast");
        return (Function is BinaryFunction.Equal or BinaryFunction.Less ? DType.Bool : type, shape!.Value);
    }
}
