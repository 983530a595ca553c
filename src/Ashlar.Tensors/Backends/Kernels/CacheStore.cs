namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Writes tokens' keys or values into the paged cache. Values lie as (rows, KeyHeads, Size). Keys lie transposed, so that sixteen
/// positions are one vector: (rows / 16, KeyHeads, Size, 16); row r is column r % 16 of part r / 16. BF16 lies in pairs, as dot
/// products take them: keys, whose size is even, in pairs of elements, (rows / 16, KeyHeads, Size / 2, 16, 2); values in pairs of
/// rows, (rows / 16, KeyHeads, 8, Size, 2). Q8_0 lies as (rows / 16, KeyHeads, Size / 32) blocks of <see cref="BlockBytes"/>:
/// sixteen F16 scales, one for each row, and then the codes, of keys (32, 16), of values (16, 32).
/// <para>Range: tokens. Arguments: the cache; rows (tokens, KeyHeads, Size) F32; slots (tokens) I32: the cache row of each.
/// </para>
/// </summary>
/// <param name="keyHeads">Heads of a token.</param>
/// <param name="size">Elements of a head.</param>
/// <param name="cacheType">F32, F16 or BF16, rounded to the nearest even; or Q8_0, of which a size is whole blocks.</param>
/// <param name="isTransposed">Whether these are keys.</param>
/// <param name="inputStride">F32 elements from token to token of the rows.</param>
internal sealed class CacheStore(
    int keyHeads, int size, DType cacheType, bool isTransposed, long inputStride) : KernelSpecification
{
    /// <summary>Positions that lie together in a cache of keys.</summary>
    public const int Part = 16;

    /// <summary>Elements of a block of Q8_0, which have one scale.</summary>
    public const int BlockElements = 32;

    /// <summary>Bytes of the scales of a part's blocks.</summary>
    public const int ScaleBytes = Part * 2;

    /// <summary>Bytes of a part's blocks, scales and codes.</summary>
    public const int BlockBytes = ScaleBytes + Part * BlockElements;

    public int KeyHeads => keyHeads;

    public int Size => size;

    public DType CacheType => cacheType;

    public bool IsTransposed => isTransposed;

    public long InputStride => inputStride;

    /// <summary>Whether numbers lie in pairs.</summary>
    public bool HasPairs => IsInPairs(cacheType, size, isTransposed);

    /// <summary>The name of the layout, as <see cref="Runtime.Executable.LayoutOf"/> gives it.</summary>
    public static string LayoutOf(DType type, long size, bool isTransposed) => IsInPairs(type, size, isTransposed)
        ? isTransposed ? "keys-16-pairs" : "values-16-pairs"
        : isTransposed ? "keys-16" : type == DType.Q8_0 ? "values-16" : "rows";

    public override int ArgumentCount => 3;

    /// <summary>Whether a cache can be of a type, with heads of so many elements.</summary>
    public static bool CanBe(DType type, long size) =>
        type is DType.F32 or DType.F16 or DType.BF16 || (type == DType.Q8_0 && size % BlockElements == 0);

    /// <summary>Whether keys, or values, of a type lie in pairs: of elements, or of rows.</summary>
    public static bool IsInPairs(DType type, long size, bool isTransposed) =>
        type == DType.BF16 && (!isTransposed || size % 2 == 0);

    /// <summary>Bytes of a head's elements in a part.</summary>
    public static int PartBytes(DType type, int size) => checked((int)type.ByteLength(Part * size));

    public override string Key { get; } =
        $"store {(isTransposed ? "keys" : "values")} {keyHeads} x {size} {cacheType}, stride {inputStride}";
}
