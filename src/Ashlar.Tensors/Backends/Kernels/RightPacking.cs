namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Packs right operands of products that are computed in a run, as <see cref="Packing.PlainWeights"/> lays weights out.
/// <para>Range: groups of 16 columns, through all matrices. Arguments: the matrices, F32, dense, one behind the other; where they
/// go.</para>
/// </summary>
/// <param name="form">What the elements become.</param>
/// <param name="k">Elements that are summed over.</param>
/// <param name="n">Columns of the product.</param>
/// <param name="isTransposed">Whether matrices lie as (n, k), else as (k, n).</param>
internal sealed class RightPacking(RightForm form, long k, long n, bool isTransposed) : KernelSpecification
{
    public RightForm Form => form;

    public long K => k;

    public long N => n;

    public bool IsTransposed => isTransposed;

    public override int ArgumentCount => 2;

    public override string Key { get; } = $"pack {form} {(isTransposed ? $"{n} x {k}, transposed" : $"{k} x {n}")}";
}

/// <summary>What the elements of a right operand become when it is packed.</summary>
internal enum RightForm
{
    /// <summary>F32.</summary>
    Singles,
    /// <summary>F32, each rounded to BF16: for processors without dot products of BF16.</summary>
    Rounded,
    /// <summary>Pairs of BF16.</summary>
    Pairs,
}
