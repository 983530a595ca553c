namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// The places of the largest elements of each row, largest first, as <see cref="Operations.TopK"/> defines it: of equal ones the
/// first wins, and what is not a number is taken when nothing else is left.
/// <para>Range: rows. Arguments: rows (m, Width) F32; output (m, Count) I32.</para>
/// </summary>
/// <param name="width">Elements of a row.</param>
/// <param name="count">How many are chosen, from 1 to the width.</param>
internal sealed class TopKRows(int width, int count) : KernelSpecification
{
    public int Width => width;

    public int Count => count;

    public override int ArgumentCount => 2;

    public override string Key { get; } = $"top {count} of rows of {width}";
}
