namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Adds rows into a table of zeros, F32; equal indices add up in their order.
/// <para>Range: rows of the table. Arguments: rows (n, Width); indices (n) I32; the table (.., Width); n.</para>
/// </summary>
/// <param name="width">Elements of a row.</param>
internal sealed class ScatterAddRows(long width) : KernelSpecification
{
    public long Width => width;

    public override int ArgumentCount => 4;

    public override string Key { get; } = $"scatter-add of rows of {width}";
}
