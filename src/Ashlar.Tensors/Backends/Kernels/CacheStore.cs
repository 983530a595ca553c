namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Writes tokens' keys or values into the paged cache. Values lie as (rows, KeyHeads, Size). Keys lie transposed, so that sixteen
/// positions are one vector: (rows / 16, KeyHeads, Size, 16); row r is column r % 16 of part r / 16.
/// <para>Range: tokens. Arguments: the cache; rows (tokens, KeyHeads, Size) F32; slots (tokens) I32: the cache row of each.
/// </para>
/// </summary>
/// <param name="keyHeads">Heads of a token.</param>
/// <param name="size">Elements of a head.</param>
/// <param name="cacheType">F32, F16 or BF16; rounded to the nearest even.</param>
/// <param name="isTransposed">Whether these are keys.</param>
/// <param name="inputStride">F32 elements from token to token of the rows.</param>
internal sealed class CacheStore(
    int keyHeads, int size, DType cacheType, bool isTransposed, long inputStride) : KernelSpecification
{
    /// <summary>Positions that lie together in a cache of keys.</summary>
    public const int Part = 16;

    public int KeyHeads => keyHeads;

    public int Size => size;

    public DType CacheType => cacheType;

    public bool IsTransposed => isTransposed;

    public long InputStride => inputStride;

    public override int ArgumentCount => 3;

    public override string Key { get; } =
        $"store {(isTransposed ? "keys" : "values")} {keyHeads} x {size} {cacheType}, stride {inputStride}";
}
