namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Sums or maxima along an axis that is not the last: (outer, length, inner) to (outer, 1, inner), F32. Sums of 128 successive
/// elements each are added up in their order, so that the bits depend on the axis alone.
/// <para>Range: chunks of <see cref="Columns"/> columns, through all outer ones. Arguments: input; output; length.</para>
/// </summary>
/// <param name="isSum">Whether elements are added; else the largest is taken, not a number where one is not.</param>
/// <param name="inner">Elements from one of the axis to the next.</param>
internal sealed class AxisReduction(bool isSum, long inner) : KernelSpecification
{
    /// <summary>Columns of a chunk.</summary>
    public const int Columns = 64;

    public bool IsSum => isSum;

    public long Inner => inner;

    /// <summary>Chunks of the columns of one outer element.</summary>
    public long Chunks => (inner + Columns - 1) / Columns;

    public override int ArgumentCount => 3;

    public override string Key { get; } = $"{(isSum ? "sums" : "maxima")} of columns of {inner}";
}
