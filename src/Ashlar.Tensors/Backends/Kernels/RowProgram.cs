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
