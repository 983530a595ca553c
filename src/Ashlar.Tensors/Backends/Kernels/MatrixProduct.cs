namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Products of matrices that are computed in a run: <c>out[b, i, j] = sum over k of left[b, i, k] * right[b, k, j]</c>, F32. Each
/// element is one accumulator, added to in the order of k.
/// <para>Range: items, each a block of rows times a part of the columns: item (b * blocks + block) * parts + part. Arguments: the
/// right operand; the left; the output, dense; the number of rows m; bytes from matrix to matrix of the left, of the right (0
/// where all share one) and of the output; bytes from one k of the left to the next, read where it is transposed.</para>
/// </summary>
/// <param name="type">
/// F32, or BF16 for processors that multiply pairs of it: then left rows are <see cref="BFloat16Rows"/>, a transposed left is
/// (k / 2, m, 2) and the right operand is packed.
/// </param>
/// <param name="k">Elements that are summed over.</param>
/// <param name="n">Columns of the output.</param>
/// <param name="isLeftTransposed">Whether the left operand lies as (k, m).</param>
/// <param name="isRightPacked">
/// Whether each right operand is packed as <see cref="Packing.PlainWeights"/> has it; else it lies as (k, n).
/// </param>
/// <param name="blockRows">Rows of a block.</param>
/// <param name="partGroups">Groups of 16 columns in a part.</param>
/// <param name="isAdded">Whether products are added to what the output holds, before all others.</param>
internal sealed class MatrixProduct(
    DType type, long k, long n, bool isLeftTransposed, bool isRightPacked, int blockRows, int partGroups, bool isAdded = false)
    : KernelSpecification
{
    /// <summary>The most rows of a block: a block of F32 with 512 elements of each row stays in the second cache.</summary>
    public const int MostBlockRows = 192;

    public DType Type => type;

    public long K => k;

    public long N => n;

    public bool IsLeftTransposed => isLeftTransposed;

    public bool IsRightPacked => isRightPacked;

    public int BlockRows => blockRows;

    public int PartGroups => partGroups;

    public bool IsAdded => isAdded;

    /// <summary>Groups of 16 columns.</summary>
    public long Groups => (n + WeightMatMul.Columns - 1) / WeightMatMul.Columns;

    /// <summary>Parts of the columns.</summary>
    public long Parts => (Groups + partGroups - 1) / partGroups;

    public override int ArgumentCount => 8;

    public override string Key { get; } =
        $"product {type}, {(isAdded ? "added, " : "")}{(isLeftTransposed ? "transposed, " : "")}{k} x {n}"
        + $"{(isRightPacked ? " packed" : "")}, items of {blockRows} x {partGroups * WeightMatMul.Columns}";
}
