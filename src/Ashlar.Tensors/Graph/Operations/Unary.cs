namespace Ashlar.Tensors.Operations;

/// <summary>The functions of one number.</summary>
internal enum UnaryFunction
{
    /// <summary>-x.</summary>
    Negate,
    /// <summary>|x|.</summary>
    Absolute,
    /// <summary>The largest whole number not above x.</summary>
    Floor,
    /// <summary>e to the x.</summary>
    Exponential,
    /// <summary>The natural logarithm.</summary>
    Logarithm,
    /// <summary>The square root.</summary>
    SquareRoot,
    /// <summary>1 / x.</summary>
    Reciprocal,
    /// <summary>The sine of x radians.</summary>
    Sine,
    /// <summary>The cosine of x radians.</summary>
    Cosine,
    /// <summary>The hyperbolic tangent.</summary>
    HyperbolicTangent,
    /// <summary>The error function.</summary>
    ErrorFunction,
}

/// <summary>
/// A function of each element. Input: any shape, F32 or F64 (negate and absolute also I32, I64); result: the same.
/// </summary>
internal sealed record Unary(UnaryFunction Function) : Op
{
    /// <inheritdoc/>
    public override string Name => Function switch
    {
        UnaryFunction.Negate => "neg",
        UnaryFunction.Absolute => "abs",
        UnaryFunction.Floor => "floor",
        UnaryFunction.Exponential => "exp",
        UnaryFunction.Logarithm => "log",
        UnaryFunction.SquareRoot => "sqrt",
        UnaryFunction.Reciprocal => "recip",
        UnaryFunction.Sine => "sin",
        UnaryFunction.Cosine => "cos",
        UnaryFunction.HyperbolicTangent => "tanh",
        UnaryFunction.ErrorFunction => "erf",
        _ => throw new ArgumentOutOfRangeException(nameof(Function), Function, "not a function of one number"),
    };

    internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs)
    {
        RequireCount(inputs, 1);
        var type = inputs[0].Type;
        var whole = Function is UnaryFunction.Negate or UnaryFunction.Absolute;
        Require(
            type is DType.F32 or DType.F64 || (whole && type is DType.I32 or DType.I64), inputs,
            $"does not take {type}; cast it first");
        return (type, inputs[0].Shape);
    }
}
