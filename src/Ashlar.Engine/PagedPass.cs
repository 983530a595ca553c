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
    private readonly TensorData[] _caches; // keys and values of each layer; block after block
    private readonly int[] _table; // (rows, blocks of a row)

    /// <summary>Makes a model ready to run.</summary>
    /// <param name="model">The model; must outlive this object.</param>
    /// <param name="blocks">Blocks of the cache, 1 or more.</param>
    /// <param name="rows">Sequences that can be in a batch, 1 or more.</param>
    /// <param name="blocksOfRow">The most blocks of a sequence, 1 or more.</param>
    /// <param name="cacheType">How keys and values are stored.</param>
    /// <param name="threads">How many threads may compute, 0 for as many as the process may use.</param>
    /// <param name="instructionSet">What kernels are made of; null for the best.</param>
    public PagedPass(
        LanguageModel model, int blocks, int rows, int blocksOfRow, DType cacheType, int threads, string? instructionSet = null)
    {
        (Blocks, BlocksOfRow) = (blocks, blocksOfRow);
        (Vocabulary, Width) = (model.Configuration.VocabularySize, model.Configuration.Width);
        var graph = model.BuildGraph(new Batch(BlockCache.BlockSize, cacheType), withHiddenStates: true);
        _executable = new Executable(graph, threads, instructionSet);
        try
        {
            _caches = BindCaches(model.Configuration, (long)blocks * BlockCache.BlockSize, cacheType);
            _table = GC.AllocateArray<int>(checked(rows * blocksOfRow), pinned: true);
            fixed (int* table = _table)
            {
                _executable.Bind("block_table", TensorData.Wrap((byte*)table, _table, DType.I32, rows, blocksOfRow));
            }
        }
        catch
        {
            _executable.Dispose(); // it may still be reading the model's weights
            throw;
        }
    }

    /// <summary>Blocks of the cache.</summary>
    public int Blocks { get; }

    /// <summary>The most blocks of a sequence.</summary>
    public int BlocksOfRow { get; }

    /// <summary>The number of logits of a token.</summary>
    public int Vocabulary { get; }

    /// <summary>The numbers of a hidden state.</summary>
    public int Width { get; }

    /// <summary>Bytes of keys and values that a block holds, all layers together.</summary>
    public int BlockBytes => checked((int)_caches.Sum(cache => cache.Bytes / Blocks));

    /// <summary>The inputs of the coming run.</summary>
    public BatchInputs Inputs { get; } = new();

    /// <summary>A row of the block table: the blocks of a sequence, in the order of the positions.</summary>
    public Memory<int> Row(int row) => _table.AsMemory(row * BlocksOfRow, BlocksOfRow);

    /// <summary>The place in the cache of a position of a row.</summary>
    public int Slot(int row, int position) =>
        _table[row * BlocksOfRow + position / BlockCache.BlockSize] * BlockCache.BlockSize + position % BlockCache.BlockSize;

    /// <summary>Computes the batch of <see cref="Inputs"/>.</summary>
    /// <returns>The logits, (outputs, vocabulary) F32; they may be changed, and are valid until the next run.</returns>
    public TensorData Run()
    {
        Inputs.Bind(_executable);
        _executable.Run();
        return _executable.Output(0);
    }

    /// <summary>The hidden states of the last run, (hidden, width) F32, valid until the next.</summary>
    public TensorData Hidden => _executable.Output(1);

    /// <summary>Copies keys and values of all layers from one block to another.</summary>
    public void CopyBlock(int from, int to)
    {
        foreach (var cache in _caches) BlockOf(cache, from).CopyTo(BlockOf(cache, to));
    }

    /// <summary>The keys and values of a block, all layers in order: what <see cref="WriteBlock"/> takes.</summary>
    /// <param name="block">The block.</param>
    /// <param name="bytes">Receives <see cref="BlockBytes"/>.</param>
    public void ReadBlock(int block, Span<byte> bytes)
    {
        foreach (var cache in _caches)
        {
            var part = BlockOf(cache, block);
            part.CopyTo(bytes);
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Puts back what <see cref="ReadBlock"/> gave.</summary>
    public void WriteBlock(int block, ReadOnlySpan<byte> bytes)
    {
        foreach (var cache in _caches)
        {
            var part = BlockOf(cache, block);
            bytes[..part.Length].CopyTo(part);
            bytes = bytes[part.Length..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _executable.Dispose();

    // A block is a whole number of the parts in which keys lie transposed, and so lies together, keys and values alike.
    private Span<byte> BlockOf(TensorData cache, int block)
    {
        var bytes = cache.Bytes / Blocks;
        return new(cache.Pointer + block * bytes, (int)bytes);
    }

    private TensorData[] BindCaches(ModelConfiguration configuration, long slots, DType type)
    {
        var caches = new TensorData[2 * configuration.Layers];
        for (var layer = 0; layer < configuration.Layers; layer++)
        {
            var keys = TensorData.Zeros(type, slots, configuration.KeyHeads, configuration.HeadSize);
            var values = TensorData.Zeros(type, slots, configuration.KeyHeads, configuration.ValueSize);
            _executable.Bind(Batch.KeyCache(layer), keys);
            _executable.Bind(Batch.ValueCache(layer), values);
            (caches[2 * layer], caches[2 * layer + 1]) = (keys, values);
        }

        return caches;
    }
}
