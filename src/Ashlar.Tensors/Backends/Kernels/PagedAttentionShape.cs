using System.Globalization;

namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>What attention is specialized for.</summary>
/// <param name="Heads">Heads of a query.</param>
/// <param name="KeyHeads">Heads of a key, a divisor of <paramref name="Heads"/>.</param>
/// <param name="Size">Elements of a query's or key's head.</param>
/// <param name="ValueSize">Elements of a value's head.</param>
/// <param name="BlockSize">Positions in a block of the cache, a multiple of 16.</param>
/// <param name="CacheType">F32, F16 or BF16.</param>
/// <param name="Scale">The factor on the scores.</param>
/// <param name="Window">How many positions a token sees, itself included; 0 for all.</param>
/// <param name="SoftCap">Scores become cap * tanh(score / cap); 0 for none.</param>
/// <param name="HasSinks">Whether a score without a value takes part in each head's softmax.</param>
/// <param name="QueryStride">F32 elements from token to token of the queries.</param>
internal sealed record PagedAttentionShape(
    int Heads, int KeyHeads, int Size, int ValueSize, int BlockSize, DType CacheType, float Scale, int Window, float SoftCap,
    bool HasSinks, long QueryStride)
{
    /// <summary>Everything, shortly.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Heads}:{KeyHeads} heads of {Size}:{ValueSize}, {CacheType} in blocks of {BlockSize}, scale {Scale:R}, "
            + $"window {Window}, cap {SoftCap:R}, {(HasSinks ? "sinks" : "no sinks")}, stride {QueryStride}");
}
