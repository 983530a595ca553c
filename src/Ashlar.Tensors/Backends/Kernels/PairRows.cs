namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Makes pairs of BF16, neighbours in k, of matrices (k, m) F32: (k / 2, m, 2), the last pair filled with zeros where k is odd.
/// <para>Range: pairs of rows, through all matrices. Arguments: the matrices, one behind the other; where they go; m.</para>
/// </summary>
/// <param name="k">Rows of a matrix.</param>
internal sealed class PairRows(long k) : KernelSpecification
{
    public long K => k;

    public override int ArgumentCount => 3;

    public override string Key { get; } = $"pairs of {k} rows";
}
