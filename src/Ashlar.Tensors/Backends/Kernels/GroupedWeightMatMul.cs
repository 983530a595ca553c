namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Each row times the transpose of the matrix that its group names (experts): as <see cref="WeightMatMul"/>, to the same bits.
/// <para>Range: 16-column groups of all matrices, matrix by matrix. Arguments: the packed matrices, one behind the other; the
/// rows; the output; the rows' order: for each matrix the first of its places in the next list (matrices + 1) I32; the rows,
/// sorted by matrix, (m) I32; bytes from row to row of the output.</para>
/// </summary>
/// <param name="type">The format of the packed weights.</param>
/// <param name="k">Elements of a row.</param>
/// <param name="n">Columns of the output.</param>
/// <param name="matrices">How many matrices there are.</param>
/// <param name="rows">The layout of the rows where the format takes Q8; null where it takes F32 or BF16.</param>
/// <param name="inputStride">Bytes from row to row of an F32 input; 0 for other forms.</param>
/// <param name="rowDivisor">How many successive rows of the output share a row of the input: the experts of a token.</param>
internal sealed class GroupedWeightMatMul(
    DType type, long k, long n, int matrices, QuantizedRows? rows, long inputStride, int rowDivisor) : KernelSpecification
{
    public DType Type => type;

    public long K => k;

    public long N => n;

    public int Matrices => matrices;

    public QuantizedRows? Rows => rows;

    public long InputStride => inputStride;

    public int RowDivisor => rowDivisor;

    public override int ArgumentCount => 6;

    public override string Key { get; } =
        $"grouped matmul {type} {matrices} x {k} x {n}, rows {rows?.ToString() ?? $"{inputStride}"} / {rowDivisor}";
}
