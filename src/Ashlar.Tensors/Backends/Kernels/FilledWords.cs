namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// One number, again and again.
/// <para>Range: elements. Arguments: the output.</para>
/// </summary>
/// <param name="bits">The number's 32 bits.</param>
internal sealed class FilledWords(int bits) : KernelSpecification
{
    public int Bits => bits;

    public override int ArgumentCount => 1;

    public override string Key { get; } = $"fill with {bits:X8}";
}
