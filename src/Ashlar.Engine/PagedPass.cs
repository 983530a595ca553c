using Ashlar.Engine.Adapters;
using Ashlar.Engine.Cache;
using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Engine;

/// <summary>
/// Runs a model over ragged batches and keeps keys and values in blocks; whose block is whose is said by a table. For one thread at
/// a time.
/// </summary>
internal sealed unsafe class PagedPass : IDisposable
{
    private readonly Executable _executable;
    private readonly Executable? _adapted; // the same with adapters; tokens without one have the same bits in both
    private readonly int[] _table; // (rows, blocks of a row)
    private Executable? _last; // that ran

    /// <summary>Makes a model ready to run.</summary>
    /// <param name="model">The model; must outlive this object.</param>
    /// <param name="blocks">Blocks of the cache, 1 or more.</param>
    /// <param name="rows">Sequences that can be in a batch, 1 or more.</param>
    /// <param name="blocksOfRow">The most blocks of a sequence, 1 or more.</param>
    /// <param name="cacheType">How keys and values are stored.</param>
    /// <param name="threads">How many threads may compute, 0 for as many as the process may use.</param>
    /// <param name="instructionSet">What kernels are made of; null for the best.</param>
    /// <param name="adapters">Room for adapters; null for a pass that takes none.</param>
    public PagedPass(
        LanguageModel model, int blocks, int rows, int blocksOfRow, DType cacheType, int threads, string? instructionSet = null,
        AdapterCapacity? adapters = null)
    {
        (Blocks, BlocksOfRow) = (blocks, blocksOfRow);
        (Vocabulary, Width) = (model.Configuration.VocabularySize, model.Configuration.Width);
        var graph = model.BuildGraph(new Batch(BlockCache.BlockSize, cacheType), withHiddenStates: true);
        _executable = new Executable(graph, threads, instructionSet);
        try
        {
            if (adapters is not null)
            {
                var batch = new Batch(BlockCache.BlockSize, cacheType, adapters: adapters);
                _adapted = new Executable(model.BuildGraph(batch, withHiddenStates: true), threads, instructionSet);
                Adapters = new(_adapted, batch.AdaptedLayers, adapters);
            }

            Cache = new(BlockCache.BlockSize, BindCaches(model.Configuration, (long)blocks * BlockCache.BlockSize, cacheType));
            CacheLayout = string.Join(
                ' ', cacheType, _executable.LayoutOf(Batch.KeyCache(0)), _executable.LayoutOf(Batch.ValueCache(0)));
            _table = GC.AllocateArray<int>(checked(rows * blocksOfRow), pinned: true);
            fixed (int* table = _table)
            {
                Bind("block_table", TensorData.Wrap((byte*)table, _table, DType.I32, rows, blocksOfRow));
            }
        }
        catch
        {
            Dispose(); // they may still be reading the model's weights
            throw;
        }
    }

    /// <summary>Blocks of the cache.</summary>
    public int Blocks { get; }

    /// <summary>The most blocks of a sequence.</summary>
    public int BlocksOfRow { get; }

    /// <summary>The number of logits of a token.</summary>
    public int Vocabulary { get; }

    /// <summary>The blocks, all layers together: to be copied, brought out and in.</summary>
    public CacheBlocks Cache { get; }

    /// <summary>How keys and values lie in a block: blocks of another type or layout are of no use here.</summary>
    public string CacheLayout { get; }

    /// <summary>The numbers of a hidden state.</summary>
    public int Width { get; }

    /// <summary>The inputs of the coming run.</summary>
    public BatchInputs Inputs { get; } = new();

    /// <summary>Where adapters lie; null where there is no room for any.</summary>
    public AdapterBank? Adapters { get; }

    /// <summary>A row of the block table: the blocks of a sequence, in the order of the positions.</summary>
    public Memory<int> Row(int row) => _table.AsMemory(row * BlocksOfRow, BlocksOfRow);

    /// <summary>The place in the cache of a position of a row.</summary>
    public int Slot(int row, int position) =>
        _table[row * BlocksOfRow + position / BlockCache.BlockSize] * BlockCache.BlockSize + position % BlockCache.BlockSize;

    /// <summary>Computes the batch of <see cref="Inputs"/>.</summary>
    /// <returns>The logits, (outputs, vocabulary) F32; they may be changed, and are valid until the next run.</returns>
    public TensorData Run()
    {
        // A step in which nobody has an adapter costs what it costs without any.
        var executable = _adapted is not null && Inputs.Adapters.ContainsAnyExcept(0) ? _adapted : _executable;
        Inputs.Bind(executable, hasAdapters: executable == _adapted);
        executable.Run();
        _last = executable;
        return executable.Output(0);
    }

    /// <summary>The hidden states of the last run, (hidden, width) F32, valid until the next.</summary>
    public TensorData Hidden => _last!.Output(1);

    /// <summary>Calls a function for each number below a count, as <see cref="Executable.ForEach"/> does.</summary>
    public void ForEach(int count, Action<int> call) => _executable.ForEach(count, call);

    /// <inheritdoc/>
    public void Dispose()
    {
        _executable.Dispose();
        _adapted?.Dispose();
    }

    private void Bind(string key, TensorData data)
    {
        _executable.Bind(key, data);
        _adapted?.Bind(key, data);
    }

    private TensorData[] BindCaches(ModelConfiguration configuration, long slots, DType type)
    {
        var caches = new TensorData[2 * configuration.Layers];
        for (var layer = 0; layer < configuration.Layers; layer++)
        {
            var keys = TensorData.Zeros(type, slots, configuration.KeyHeads, configuration.HeadSize);
            var values = TensorData.Zeros(type, slots, configuration.KeyHeads, configuration.ValueSize);
            Bind(Batch.KeyCache(layer), keys);
            Bind(Batch.ValueCache(layer), values);
            (caches[2 * layer], caches[2 * layer + 1]) = (keys, values);
        }

        return caches;
    }
}
