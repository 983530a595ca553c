using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// What a model's graph is given in each run: a ragged batch, in which the rows of many sequences lie one behind the other, and
/// the paged cache of their keys and values.
/// </summary>
public sealed class Batch : TokenBatch
{
    private static readonly Symbol TokenCount = new("tokens");
    private static readonly Symbol OutputCount = new("outputs", Min: 0);
    private static readonly Symbol HiddenCount = new("hidden", Min: 0);
    private static readonly Symbol SequenceCount = new("sequences");
    private static readonly Symbol BlockCount = new("blocks");
    private static readonly Symbol RowCount = new("rows");

    private const int AdapterGroup = 8, AdapterPanel = 16; // rows and outputs that lie together in an adapter's matrices

    private readonly int _blockSize;
    private readonly DType _keyType, _valueType;
    private readonly AdapterCapacity? _capacity;
    private readonly List<AdaptedLayer> _adaptedLayers = [];

    /// <summary>Inputs for a cache of this kind.</summary>
    /// <param name="blockSize">Positions in a cache block.</param>
    /// <param name="cacheType">
    /// How keys and values are stored: F32, F16, BF16, or Q8_0 where heads have a multiple of 32 elements.
    /// </param>
    /// <param name="valueType">How values are stored, where that is not as keys are.</param>
    /// <param name="adapters">Room for adapters; null for a graph that takes none.</param>
    public Batch(
        int blockSize, DType cacheType = DType.F32, DType? valueType = null, AdapterCapacity? adapters = null)
        : base(TokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        (_blockSize, _keyType, _valueType, _capacity) = (blockSize, cacheType, valueType ?? cacheType, adapters);
        if (adapters is not null) Adapters = Tensor.Input("adapters", DType.I32, [TokenCount]);
    }

    /// <summary>The row of the block table that each token belongs to, (tokens) I32; bound as <c>sequences</c>.</summary>
    public Tensor Sequences { get; } = Tensor.Input("sequences", DType.I32, [TokenCount]);

    /// <summary>The cache row that each token's key and value go to, (tokens) I32; bound as <c>slots</c>.</summary>
    public Tensor Slots { get; } = Tensor.Input("slots", DType.I32, [TokenCount]);

    /// <summary>The cache blocks of each sequence, (sequences, blocks) I32; bound as <c>block_table</c>.</summary>
    public Tensor BlockTable { get; } = Tensor.Input("block_table", DType.I32, [SequenceCount, BlockCount]);

    /// <summary>The tokens whose logits are wanted, (outputs) I32; bound as <c>outputs</c>.</summary>
    public Tensor Outputs { get; } = Tensor.Input("outputs", DType.I32, [OutputCount]);

    /// <summary>
    /// The adapter of each token, (tokens) I32, 0 for none; bound as <c>adapters</c>. Null where the graph takes none.
    /// </summary>
    public Tensor? Adapters { get; }

    /// <summary>The layers that take adapters, once a graph was built from this; none where it takes no adapters.</summary>
    public IReadOnlyList<AdaptedLayer> AdaptedLayers => _adaptedLayers;

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

    /// <summary>A linear layer's result with what the tokens' adapters add to it (Hu et al., 2021).</summary>
    /// <param name="layer">The layer by GGUF's name.</param>
    /// <param name="x">What the layer was given, (tokens, inputs).</param>
    /// <param name="y">What it gives without adapters, (tokens, outputs).</param>
    /// <returns>(tokens, outputs); of a token without an adapter the same bits.</returns>
    internal override Tensor Adapt(string layer, Tensor x, Tensor y)
    {
        if (_capacity is not { Choices: var choices, Rank: var rank }) return y;
        var adapted = new AdaptedLayer(layer, x.Shape[1].Value, y.Shape[1].Value);
        _adaptedLayers.Add(adapted);
        var panels = (adapted.Outputs + AdapterPanel - 1) / AdapterPanel;
        var ranks = Tensor.State(adapted.Ranks, DType.I32, [choices]);
        var down = Tensor.State(adapted.Down, DType.F32, [choices, rank / AdapterGroup, adapted.Inputs, AdapterGroup]);
        var up = Tensor.State(adapted.Up, DType.F32, [choices, panels, rank, AdapterPanel]);
        return y.LowRankUp(x.LowRankDown(down, Adapters!, ranks), up, Adapters!, ranks);
    }

    /// <summary>Caches a layer's keys and values and attends over all that its sequences have cached.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="queries">(tokens, heads, head size).</param>
    /// <param name="keys">(tokens, key heads, head size).</param>
    /// <param name="values">(tokens, key heads, value size).</param>
    /// <param name="scale">The factor on the scores.</param>
    /// <param name="window">How many positions a token sees; 0 for all.</param>
    /// <returns>(tokens, heads * value size).</returns>
    internal override Tensor Attend(
        int layer, Tensor queries, Tensor keys, Tensor values, double scale, int window = 0)
    {
        var keyCache = Tensor.State(KeyCache(layer), _keyType, keys.Shape.With(0, RowCount)).Store(keys, Slots);
        var valueCache = Tensor.State(ValueCache(layer), _valueType, values.Shape.With(0, RowCount)).Store(values, Slots);
        return queries
            .Attend(keyCache, valueCache, Positions, Sequences, BlockTable, _blockSize, scale, window)
            .Reshape([TokenCount, queries.Shape[1] * values.Shape[2]]);
    }
}
