using System.Collections.Immutable;
using System.Globalization;

namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// A fused region of element-wise operations and reductions: a function that maps rows of F32 to rows. Its steps are in static
/// single assignment; each gives a vector of <paramref name="width"/> elements for every row, or one number for every row.
/// <para>Range: rows. Arguments: the address of each input, then of each output.</para>
/// <para>Sums use a fixed order that depends on the width alone.</para>
/// </summary>
/// <param name="width">Elements of a row, 1 or more.</param>
/// <param name="inputs">Where the inputs' elements lie.</param>
/// <param name="steps">The steps; operands are the numbers of earlier steps.</param>
/// <param name="outputs">Which steps are written, where and how.</param>
internal sealed class RowProgram(
    int width, ImmutableArray<RowInput> inputs, ImmutableArray<RowStep> steps, ImmutableArray<RowOutput> outputs)
    : KernelSpecification
{
    public int Width => width;

    public ImmutableArray<RowInput> Inputs => inputs;

    public ImmutableArray<RowStep> Steps => steps;

    public ImmutableArray<RowOutput> Outputs => outputs;

    public override int ArgumentCount => inputs.Length + outputs.Length;

    public override string Key { get; } = string.Create(CultureInfo.InvariantCulture,
        $"rows of {width}: {string.Join(", ", inputs)}; {string.Join(", ", steps)}; {string.Join(", ", outputs)}");
}

/// <summary>
/// Where a row program reads: row r of the range takes row <c>(r / Divisor) % Modulus</c> of the input (no modulus where it is 0),
/// which begins <c>Stride</c> elements after the one before.
/// </summary>
/// <param name="IsScalar">Whether there is one number for a row, and not a vector of the program's width.</param>
/// <param name="Stride">F32 elements from row to row; 0 where all rows share one, as they do a norm's weights.</param>
/// <param name="Divisor">How many successive rows share a row of the input.</param>
/// <param name="Modulus">How many rows the input has before it begins again; 0 where it does not.</param>
internal sealed record RowInput(bool IsScalar, long Stride, long Divisor = 1, long Modulus = 0);

/// <summary>What a step of a row program does.</summary>
internal enum RowOperation
{
    /// <summary>Input number A.</summary>
    Input,
    /// <summary>The number <see cref="RowStep.Value"/>.</summary>
    Constant,
    Negate, Absolute, Floor, Exponential, Logarithm, SquareRoot, Reciprocal, Sine, Cosine, HyperbolicTangent, ErrorFunction,
    Add, Subtract, Multiply, Divide, Maximum, Minimum, Power,
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

/// <summary>A step of a row program: an operation on the results of the steps A, B and C.</summary>
internal readonly record struct RowStep(RowOperation Operation, int A = -1, int B = -1, int C = -1, float Value = 0);

/// <summary>What a row program writes: the result of a step.</summary>
/// <param name="Step">The number of the step.</param>
/// <param name="Form">How elements are written; numbers that stand for a whole row are written as F32.</param>
/// <param name="Stride">For F32, elements from row to row; other forms say their own.</param>
/// <param name="Quantized">The layout, where the form is <see cref="RowForm.Q8"/>.</param>
internal sealed record RowOutput(int Step, RowForm Form, long Stride, QuantizedRows? Quantized = null);
