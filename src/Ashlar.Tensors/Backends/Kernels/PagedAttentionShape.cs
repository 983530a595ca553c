using System.Globalization;

namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>What attention is specialized for.</summary>
/// <param name="Heads">Heads of a query.</param>
/// <param name="KeyHeads">Heads of a key, a divisor of <paramref name="Heads"/>.</param>
/// <param name="Size">Elements of a query's or key's head.</param>
/// <param name="ValueSize">Elements of a value's head.</param>
/// <param name="BlockSize">Positions in a block of the cache, a multiple of 16.</param>
/// <param name="KeyType">What keys are cached as, as <see cref="CacheStore"/> takes it.</param>
/// <param name="ValueType">What values are cached as.</param>
/// <param name="Scale">The factor on the scores.</param>
/// <param name="Window">How many positions a token sees, itself included; 0 for all.</param>
/// <param name="SoftCap">Scores become cap * tanh(score / cap); 0 for none.</param>
/// <param name="HasSinks">Whether a score without a value takes part in each head's softmax.</param>
/// <param name="QueryStride">F32 elements from token to token of the queries.</param>
internal sealed record PagedAttentionShape(
    int Heads, int KeyHeads, int Size, int ValueSize, int BlockSize, DType KeyType, DType ValueType, float Scale, int Window,
    float SoftCap, bool HasSinks, long QueryStride)
{
    /// <summary>F32 elements of a row's state: the largest score, 15 unused, 16 sums of weights, the weighted values.</summary>
    public int StateFloats => 32 + (ValueSize + 15) / 16 * 16;

    /// <summary>Everything, shortly.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Heads}:{KeyHeads} heads of {Size}:{ValueSize}, {KeyType}:{ValueType} in blocks of {BlockSize}, scale {Scale:R}, "
            + $"window {Window}, cap {SoftCap:R}, {(HasSinks ? "sinks" : "no sinks")}, stride {QueryStride}");
}
