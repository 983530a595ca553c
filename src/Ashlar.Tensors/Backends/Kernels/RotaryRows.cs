namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Turns the pairs of each head by the token's angles, as <see cref="Operations.Rotary"/> defines it; the rest of a head passes.
/// <para>Range: tokens. Arguments: heads (tokens, Heads, Size) F32; output (tokens, Heads, Size) F32, dense; positions (tokens)
/// I32; angles (positions, 2, Pairs) F32: cosines, then sines, the magnitude multiplied in.</para>
/// </summary>
/// <param name="heads">Heads of a token.</param>
/// <param name="size">Elements of a head.</param>
/// <param name="pairs">Pairs that are turned.</param>
/// <param name="layout">Which elements form a pair.</param>
/// <param name="inputStride">F32 elements from token to token of the input.</param>
internal sealed class RotaryRows(int heads, int size, int pairs, RotaryLayout layout, long inputStride) : KernelSpecification
{
    public int Heads => heads;

    public int Size => size;

    public int Pairs => pairs;

    public RotaryLayout Layout => layout;

    public long InputStride => inputStride;

    public override int ArgumentCount => 4;

    public override string Key { get; } = $"rotary {layout} {heads} x {size}, {pairs} pairs, stride {inputStride}";
}
