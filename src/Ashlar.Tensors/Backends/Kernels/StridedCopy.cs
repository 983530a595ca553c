namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Moves elements from one layout to another: permute, slice, expand and each part of concat. Element (i, j, ...) goes from
/// <c>source + i * source stride + j * ...</c> to <c>destination + i * destination stride + ...</c>; no element is written twice,
/// and source and destination do not overlap.
/// <para>Range: the outermost axis. Arguments: the address of the source's first element; of the destination's; then for each
/// axis, outermost first: its size (the range takes the place of the outermost's, which is not read), the source's stride, and
/// the destination's, in elements. A stride is 0 where the source is repeated.</para>
/// </summary>
/// <param name="axes">How many axes there are, 1 to <see cref="MostAxes"/>.</param>
/// <param name="elementBytes">Bytes of an element: 1, 2, 4 or 8.</param>
internal sealed class StridedCopy(int axes, int elementBytes) : KernelSpecification
{
    /// <summary>The most axes there can be.</summary>
    public const int MostAxes = 6;

    public int Axes => axes;

    public int ElementBytes => elementBytes;

    public override int ArgumentCount => 2 + 3 * axes;

    public override string Key { get; } = $"copy of {axes} axes, elements of {elementBytes} bytes";
}
