namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Rows times the transpose of a matrix of weights: <c>out[m, n] = sum over k of x[m, k] * w[n, k]</c>, F32. Each element is
/// reduced in an order that depends on k alone.
/// <para>Range: groups of 16 columns n. Arguments: the packed weights; the rows, in the form that the weights' format takes; the
/// output; the number of rows m; bytes from row to row of the output.</para>
/// </summary>
/// <param name="type">The format of the packed weights.</param>
/// <param name="k">Elements of a row.</param>
/// <param name="n">Columns of the output; those of the last group that are past it are not written.</param>
/// <param name="rows">The layout of the rows where the format takes Q8; null where it takes F32 or BF16.</param>
/// <param name="rowClass">What numbers of rows the kernel is for.</param>
/// <param name="inputStride">Bytes from row to row of an F32 input; 0 for other forms, which say their own.</param>
internal sealed class WeightMatMul(DType type, long k, long n, QuantizedRows? rows, RowClass rowClass, long inputStride = 0)
    : KernelSpecification
{
    /// <summary>Columns in a group.</summary>
    public const int Columns = 16;

    public DType Type => type;

    public long K => k;

    public long N => n;

    public QuantizedRows? Rows => rows;

    public RowClass RowClass => rowClass;

    public long InputStride => inputStride;

    public override int ArgumentCount => 5;

    public override string Key { get; } = $"matmul {type} {k} x {n}, {rowClass}, rows {rows?.ToString() ?? $"{inputStride}"}";
}
