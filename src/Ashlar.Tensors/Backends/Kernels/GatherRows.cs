namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Rows of a table, decoded to F32: an embedding.
/// <para>Range: indices. Arguments: the table (rows, Width), as it lies in the file; indices (n) I32; output (n, Width) F32.
/// </para>
/// </summary>
/// <param name="type">The format of the table: any that can be decoded.</param>
/// <param name="width">Elements of a row.</param>
internal sealed class GatherRows(DType type, long width) : KernelSpecification
{
    public DType Type => type;

    public long Width => width;

    public override int ArgumentCount => 3;

    public override string Key { get; } = $"gather {type} rows of {width}";
}
