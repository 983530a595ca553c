using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// What a model's graph is given in each run: a ragged batch, in which the rows of many sequences lie one behind the other, and
/// the paged cache of their keys and values.
/// </summary>
public sealed class Batch
{
    private static readonly Symbol TokenCount = new("tokens");
    private static readonly Symbol OutputCount = new("outputs", Min: 0);
    private static readonly Symbol HiddenCount = new("hidden", Min: 0);
    private static readonly Symbol SequenceCount = new("sequences");
    private static readonly Symbol BlockCount = new("blocks");
    private static readonly Symbol RowCount = new("rows");

    private readonly int _blockSize;
    private readonly DType _cacheType;

    /// <summary>Inputs for a cache of this kind.</summary>
    /// <param name="blockSize">Positions in a cache block.</param>
    /// <param name="cacheType">How keys and values are stored: F32, F16 or BF16.</param>
    public Batch(int blockSize, DType cacheType = DType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        (_blockSize, _cacheType) = (blockSize, cacheType);
    }

    /// <summary>The token ids, (tokens) I32; bound as <c>tokens</c>.</summary>
    public Tensor Tokens { get; } = Tensor.Input("tokens", DType.I32, [TokenCount]);

    /// <summary>The position of each token in its sequence, (tokens) I32; bound as <c>positions</c>.</summary>
    public Tensor Positions { get; } = Tensor.Input("positions", DType.I32, [TokenCount]);

    /// <summary>The row of the block table that each token belongs to, (tokens) I32; bound as <c>sequences</c>.</summary>
    public Tensor Sequences { get; } = Tensor.Input("sequences", DType.I32, [TokenCount]);

    /// <summary>The cache row that each token's key and value go to, (tokens) I32; bound as <c>slots</c>.</summary>
    public Tensor Slots { get; } = Tensor.Input("slots", DType.I32, [TokenCount]);

    /// <summary>The cache blocks of each sequence, (sequences, blocks) I32; bound as <c>block_table</c>.</summary>
    public Tensor BlockTable { get; } = Tensor.Input("block_table", DType.I32, [SequenceCount, BlockCount]);

    /// <summary>The tokens whose logits are wanted, (outputs) I32; bound as <c>outputs</c>.</summary>
    public Tensor Outputs { get; } = Tensor.Input("outputs", DType.I32, [OutputCount]);

    /// <summary>
    /// The tokens whose hidden states are wanted, (hidden) I32; bound as <c>hidden</c> where the graph gives any.
    /// </summary>
    public Tensor Hidden { get; } = Tensor.Input("hidden", DType.I32, [HiddenCount]);

    /// <summary>The state that a layer's keys are cached in; bound under this key, (cache rows, key heads, head size).</summary>
    public static string KeyCache(int layer) => $"cache.{layer}.keys";

    /// <summary>
    /// The state that a layer's values are cached in; bound under this key, (cache rows, key heads, value size).
    /// </summary>
    public static string ValueCache(int layer) => $"cache.{layer}.values";

    /// <summary>Caches a layer's keys and values and attends over all that its sequences have cached.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="queries">(tokens, heads, head size).</param>
    /// <param name="keys">(tokens, key heads, head size).</param>
    /// <param name="values">(tokens, key heads, value size).</param>
    /// <param name="scale">The factor on the scores.</param>
    /// <param name="window">How many positions a token sees; 0 for all.</param>
    /// <returns>(tokens, heads * value size).</returns>
    internal Tensor Attend(int layer, Tensor queries, Tensor keys, Tensor values, double scale, int window = 0)
    {
        var keyCache = Tensor.State(KeyCache(layer), _cacheType, keys.Shape.With(0, RowCount)).Store(keys, Slots);
        var valueCache = Tensor.State(ValueCache(layer), _cacheType, values.Shape.With(0, RowCount)).Store(values, Slots);
        return queries
            .Attend(keyCache, valueCache, Positions, Sequences, BlockTable, _blockSize, scale, window)
            .Reshape([TokenCount, queries.Shape[1] * values.Shape[2]]);
    }
}
