using Ashlar.Engine.Cache;
using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Tensors.Passes;

namespace Ashlar.Engine;

/// <summary>
/// The memory that an engine takes once all of it is used: the cache is full, the largest steps were run, and every adapter that
/// there is room for is loaded. A draft model, which several engines may share, is not counted.
/// </summary>
/// <param name="Weights">Bytes of the model's weights, as they are in memory.</param>
/// <param name="Cache">Bytes of keys and values.</param>
/// <param name="Working">Bytes of a step's values, of adapters, and of what is kept beside: vocabulary, code, buffers.</param>
/// <param name="ContextLength">Tokens that prompt and output may have together in that engine.</param>
public readonly record struct EngineMemory(long Weights, long Cache, long Working, int ContextLength)
{
    // Measured on models of 0.6 and 1.2 billion parameters, and on one of 260 thousand: what an engine takes beside all that is
    // computed here, and what a tokenizer takes for a token. A little too much, rather than too little.
    private const long Overhead = 48L << 20, BytesOfVocabularyEntry = 400;

    /// <summary>All together.</summary>
    public long Total => Weights + Cache + Working;

    /// <summary>Finds out what an engine would take, without starting it: reads the model's header, and none of its weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">How the engine is to be set up.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidDataException">A tensor of the model is missing or misshapen.</exception>
    /// <exception cref="NotSupportedException">The model's architecture is not supported.</exception>
    public static EngineMemory Estimate(LanguageModel model, EngineOptions? options = null)
    {
        options ??= new();
        var (configuration, size) = (model.Configuration, options.Validate(model.Configuration));
        var steps = new Dictionary<string, long>
        {
            ["tokens"] = options.PrefillChunk + options.MaxSequences,
            ["outputs"] = options.MaxSequences,
            ["hidden"] = 1,
            ["sequences"] = options.MaxSequences,
            ["rows"] = options.MaxSequences,
            ["blocks"] = size.BlocksOfSequence,
        };
        var graph = model.BuildGraph(new Batch(BlockCache.BlockSize, options.CacheType), withHiddenStates: true);
        var need = graph.MeasureMemory(steps)
            ?? new(0, model.Tensors.Values.Sum(static tensor => tensor.Bytes), ValueBytes: 0);
        var adapters = options.AdapterCapacity is { } capacity ? AdapterBytes(model, options, capacity, steps) : 0;
        return new(
            need.PackedBytes + need.FileBytes,
            (long)size.Blocks * BlockCache.BlockSize * options.BytesOfToken(configuration),
            need.ValueBytes + adapters + Overhead + BytesOfVocabularyEntry * configuration.VocabularySize,
            size.ContextLength);
    }

    // Their matrices, and the values of the graph that takes them.
    private static long AdapterBytes(
        LanguageModel model, EngineOptions options, AdapterCapacity capacity, Dictionary<string, long> steps)
    {
        var batch = new Batch(BlockCache.BlockSize, options.CacheType, adapters: capacity);
        var need = model.BuildGraph(batch, withHiddenStates: true).MeasureMemory(steps);
        var numbers = batch.AdaptedLayers.Sum(layer => (long)capacity.Rank * (layer.Inputs + layer.Outputs));
        return (need?.ValueBytes ?? 0) + options.MaxAdapters * numbers * sizeof(float);
    }
}
