namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Rows of a table, decoded to F32: an embedding.
/// <para>Range: indices. Arguments: the table (rows, Width), as it lies in the file or packed for products; indices (n) I32;
/// output (n, Width) F32. Either table gives the same bits.</para>
/// </summary>
/// <param name="type">
/// The format of the table: any that can be decoded; packed, one of those that <see cref="PackedMatrices.KeepsNumbers"/>.
/// </param>
/// <param name="width">Elements of a row.</param>
/// <param name="isPacked">Whether the table is packed.</param>
internal sealed class GatherRows(DType type, long width, bool isPacked = false) : KernelSpecification
{
    public DType Type => type;

    public long Width => width;

    public bool IsPacked => isPacked;

    public override int ArgumentCount => 3;

    public override string Key { get; } = $"gather {type} rows of {width}{(isPacked ? ", packed" : "")}";
}
