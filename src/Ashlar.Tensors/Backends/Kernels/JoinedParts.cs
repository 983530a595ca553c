namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Rows that are put together of parts, one from each source: concat along an axis, whose rows are all that lies below it.
/// <para>Range: elements of the output. Arguments: the output; then for each part its address and its elements of a row.</para>
/// </summary>
/// <param name="parts">How many parts there are, 1 to <see cref="MostParts"/>.</param>
/// <param name="elementBytes">Bytes of an element: 1, 2, 4 or 8.</param>
internal sealed class JoinedParts(int parts, int elementBytes) : KernelSpecification
{
    /// <summary>The most parts there can be.</summary>
    public const int MostParts = 15;

    public int Parts => parts;

    public int ElementBytes => elementBytes;

    public override int ArgumentCount => 1 + 2 * parts;

    public override string Key { get; } = $"join {parts} parts, elements of {elementBytes} bytes";
}
