namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Some elements of each row: the scores of the experts that a row chose. An index out of range takes the nearest element.
/// <para>Range: rows. Arguments: the table (m, Width) F32; indices (m, Count) I32; output (m, Count) F32.</para>
/// </summary>
/// <param name="width">Elements of a row of the table, 1 or more.</param>
/// <param name="count">Elements of a row of the output.</param>
internal sealed class GatherColumns(int width, int count) : KernelSpecification
{
    public int Width => width;

    public int Count => count;

    public override int ArgumentCount => 3;

    public override string Key { get; } = $"gather {count} of {width} columns";
}
