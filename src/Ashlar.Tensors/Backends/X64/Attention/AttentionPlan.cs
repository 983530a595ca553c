using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// The tiles of attention and the places of its scratch memory. A row is one head of one token; rows of an item lie token by
/// token.
/// </summary>
internal sealed class AttentionPlan
{
    /// <summary>Positions of a chunk.</summary>
    public const int Chunk = PagedAttention.Chunk;

    /// <summary>Positions of a part.</summary>
    public const int Part = CacheStore.Part;

    /// <summary>The most parts whose scores a tile computes at once.</summary>
    public const int MostParts = 4;

    /// <summary>Parts of a chunk.</summary>
    public const int PartsOfChunk = Chunk / Part;

    /// <summary>Parts whose addresses are known: those of a chunk, and those of the next, to be fetched ahead.</summary>
    public const int PartsKnown = 2 * PartsOfChunk;

    private const int Line = 64;
    private readonly int _vectors;
    private long _end = AttentionLocals.Bytes;

    public AttentionPlan(PagedAttentionShape shape, InstructionSet set)
    {
        Shape = shape;
        Lanes = set >= InstructionSet.Avx512 ? 16 : 8;
        HasKeyDots = HasKeyPairs && set >= InstructionSet.Avx512Bf16;
        HasValueDots = HasValuePairs && set >= InstructionSet.Avx512Bf16;
        _vectors = 2 * Lanes;
        Group = shape.Heads / shape.KeyHeads;
        ManyRows = set >= InstructionSet.Avx512 ? 8 : 6;
        TokenRows = Enumerable.Range(1, Math.Min(Group, ManyRows)).Last(rows => Group % rows == 0);
        ValueVectors = (shape.ValueSize + Lanes - 1) / Lanes;
        var rows = (PagedAttention.TokensPerItem * Group + ManyRows - 1) / ManyRows * ManyRows;
        KeyParts = Take(PartsKnown * sizeof(long));
        ValueParts = Take(PartsKnown * sizeof(long));
        Queries = Take((long)rows * QueryStride);
        Scores = Take((long)rows * ScoreStride);
        States = Take((long)rows * StateStride);
        Totals = Take((long)rows * StateStride);
        PackedKeys = Take(HasKeyBlocks ? PartsOfChunk * PackedKeyBytes : 0);
        ValueScales = Take(shape.ValueType == DType.Q8_0 ? PartsOfChunk * PartScaleBytes : 0);
        PackedValues = Take(HasValueDots ? 0 : Chunk * ValueStride);
    }

    public PagedAttentionShape Shape { get; }

    public int Lanes { get; }

    /// <summary>Heads that share a key head.</summary>
    public int Group { get; }

    /// <summary>Rows of a tile of several tokens.</summary>
    public int ManyRows { get; }

    /// <summary>Rows of a tile of one token, a divisor of the group.</summary>
    public int TokenRows { get; }

    /// <summary>Vectors of a value; the last overlaps the one before where the size is no multiple.</summary>
    public int ValueVectors { get; }

    public int VectorBytes => Lanes * sizeof(float);

    /// <summary>Vectors of a part's scores.</summary>
    public int PartVectors => Part / Lanes;

    /// <summary>Bytes from row to row of the scores.</summary>
    public static int ScoreStride => Chunk * sizeof(float);

    /// <summary>Bytes from row to row of the queries.</summary>
    public int QueryStride => Shape.Size * QueryBytes;

    /// <summary>Bytes of a number of the queries.</summary>
    public int QueryBytes => HasKeyDots ? 2 : sizeof(float);

    /// <summary>Bytes of a weight.</summary>
    public int WeightBytes => HasValueDots ? 2 : sizeof(float);

    /// <summary>Bytes from row to row of the states.</summary>
    public int StateStride => Shape.StateFloats * sizeof(float);

    /// <summary>
    /// Bytes from position to position of the packed values: an odd number of lines, or some of their places in the first cache
    /// would fall on one another.
    /// </summary>
    public int ValueStride => ((ValueVectors * VectorBytes + Line - 1) / Line | 1) * Line;

    /// <summary>Whether keys, or values, are blocks with scales.</summary>
    public bool HasKeyBlocks => Shape.KeyType == DType.Q8_0;

    public bool HasValueBlocks => Shape.ValueType == DType.Q8_0;

    /// <summary>Whether keys lie in pairs of elements, or values in pairs of positions.</summary>
    public bool HasKeyPairs => CacheStore.IsInPairs(Shape.KeyType, Shape.Size, isTransposed: true);

    public bool HasValuePairs => CacheStore.IsInPairs(Shape.ValueType, Shape.ValueSize, isTransposed: false);

    /// <summary>Whether dot products take these pairs: queries, or weights, are BF16 then.</summary>
    public bool HasKeyDots { get; }

    public bool HasValueDots { get; }

    /// <summary>Whether the values of a part of a key head lie in one piece.</summary>
    public bool HasValueParts => HasValueBlocks || HasValuePairs;

    /// <summary>Bytes of a number of the cached keys, where they have no blocks.</summary>
    public int KeyBytes => Shape.KeyType == DType.F32 ? 4 : 2;

    /// <summary>Bytes of a number of the cached values, where they have no blocks.</summary>
    public int ValueBytes => Shape.ValueType == DType.F32 ? 4 : 2;

    /// <summary>Bytes of a key head's part.</summary>
    public int KeyPartBytes => CacheStore.PartBytes(Shape.KeyType, Shape.Size);

    /// <summary>Bytes of a key head's part of values.</summary>
    public int ValuePartBytes => CacheStore.PartBytes(Shape.ValueType, Shape.ValueSize);

    /// <summary>Bytes from key head to key head of the cached values.</summary>
    public int ValueHeadBytes => HasValueParts ? ValuePartBytes : Shape.ValueSize * ValueBytes;

    /// <summary>Bytes from position to position of the cached values, or from pair to pair.</summary>
    public int CachedValueStride => HasValueBlocks ? CacheStore.BlockElements
        : HasValuePairs ? 2 * Shape.ValueSize * ValueBytes
        : Shape.KeyHeads * Shape.ValueSize * ValueBytes;

    /// <summary>Bytes of a block of keys as F32: scales and codes.</summary>
    public static int PackedBlockBytes => (1 + CacheStore.BlockElements) * Part * sizeof(float);

    /// <summary>Bytes of a part's blocks of keys as F32.</summary>
    public int PackedKeyBytes => Shape.Size / CacheStore.BlockElements * PackedBlockBytes;

    /// <summary>Bytes of a value's scale as F32: narrow vectors have it in all elements.</summary>
    public int ScaleStride => Lanes == 16 ? sizeof(float) : VectorBytes;

    /// <summary>Bytes of the scales of a block of values.</summary>
    public int BlockScaleBytes => Part * ScaleStride;

    /// <summary>Bytes of the scales of a part of values.</summary>
    public int PartScaleBytes => Shape.ValueSize / CacheStore.BlockElements * BlockScaleBytes;

    /// <summary>Where the addresses of a chunk's parts of keys lie in the scratch memory; so with those that follow.</summary>
    public int KeyParts { get; }

    public int ValueParts { get; }

    /// <summary>Queries times the factor of the scores, F32 or, for dot products, BF16.</summary>
    public int Queries { get; }

    /// <summary>Of each row, the scores of a chunk, then its weights, which for dot products are BF16.</summary>
    public int Scores { get; }

    /// <summary>
    /// Of each row, the state of the span: its largest score so far, the sums of its weights, one for every place in a part, and
    /// the weighted sum of values.
    /// </summary>
    public int States { get; }

    /// <summary>Of each row, the state of the spans before.</summary>
    public int Totals { get; }

    /// <summary>Where the sums of weights lie in a state.</summary>
    public static int SumsOfState => Line;

    /// <summary>Where the weighted sum of values lies in a state.</summary>
    public static int ResultsOfState => 2 * Line;

    /// <summary>The scales of a chunk's values as F32, part by part, block by block.</summary>
    public int ValueScales { get; }

    /// <summary>The keys of a chunk as F32, part by part, where they have blocks.</summary>
    public int PackedKeys { get; }

    /// <summary>The values of a chunk as F32, position by position; dot products take them where they lie.</summary>
    public int PackedValues { get; }

    public long ScratchBytes => _end;

    /// <summary>Parts whose scores a tile computes at once: a power of two.</summary>
    public int PartsAtOnce(int rows)
    {
        var parts = MostParts;
        while (parts > 1 && Registers(rows, parts * PartVectors) > _vectors) parts /= 2;
        return parts;
    }

    /// <summary>Vectors of values that a tile sums at once, each with its first: even shares of all.</summary>
    public IEnumerable<(int First, int Count)> ValueTiles(int rows)
    {
        var most = Math.Min(8, ValueVectors);
        while (most > 1 && Registers(rows, most) > _vectors) most--;
        var tiles = (ValueVectors + most - 1) / most;
        for (var tile = 0; tile < tiles; tile++)
        {
            var first = ValueVectors * tile / tiles;
            yield return (first, ValueVectors * (tile + 1) / tiles - first);
        }
    }

    /// <summary>The first element of a vector of a value.</summary>
    public int ElementOf(int vector) => Math.Min(vector * Lanes, Math.Max(0, Shape.ValueSize - Lanes));

    /// <summary>How many elements a vector of a value has.</summary>
    public int ValueLanes => Math.Min(Lanes, Shape.ValueSize);

    // Sums, the smaller side of the operands, and one of the other.
    private static int Registers(int rows, int columns) => rows * columns + Math.Min(rows, columns) + 1;

    private int Take(long bytes)
    {
        var start = _end;
        _end += (bytes + Line - 1) / Line * Line;
        return checked((int)start);
    }
}
