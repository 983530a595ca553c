namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>What a step of a row program does.</summary>
internal enum RowOperation
{
    /// <summary>Input number A.</summary>
    Input,
    /// <summary>The number <see cref="RowStep.Value"/>.</summary>
    Constant,
    Negate, Absolute, Floor, Exponential, Logarithm, SquareRoot, Reciprocal, Sine, Cosine, HyperbolicTangent, ErrorFunction,
    /// <summary>The whole number whose bits A is.</summary>
    FromInteger,
    Add, Subtract, Multiply, Divide, Maximum, Minimum, Power,
    /// <summary>1 where the whole numbers whose bits A and B are are equal, else 0.</summary>
    EqualInteger,
    /// <summary>1 where the whole number whose bits A is is less than that of B, else 0.</summary>
    LessInteger,
    /// <summary>1 where A and B are equal, else 0.</summary>
    Equal,
    /// <summary>1 where A is less than B, else 0.</summary>
    Less,
    /// <summary>B where A is not 0, else C.</summary>
    Select,
    /// <summary>The sum of the vector A: one number for the row.</summary>
    SumOfRow,
    /// <summary>The largest element of the vector A: one number for the row; not a number where one is not.</summary>
    MaximumOfRow,
}
