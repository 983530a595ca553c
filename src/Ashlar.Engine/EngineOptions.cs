using Ashlar.Engine.Cache;
using Ashlar.Models;
using Ashlar.Models.Architectures;
using Ashlar.Tensors;

namespace Ashlar.Engine;

/// <summary>How an engine is set up.</summary>
public sealed record EngineOptions
{
    /// <summary>The context length where none is asked for: the model's own, but within these bounds.</summary>
    private const int LeastDefaultContext = 512, MostDefaultContext = 8192;

    private const int MostContext = 1 << 24;
    private const int MostSequences = 4096;
    private const int MostKvEvents = 1 << 24;
    private const int MostSpeculativeTokens = 32;
    private const long MostCacheTokens = 1L << 30;
    private const int MostAdapters = 1024, MostAdapterRank = 512;

    /// <summary>
    /// Tokens that prompt and output may have together. Rotary positions know no end: up to 16,777,216, though a model's answers
    /// get worse past the length that it was trained on. Learned positions do: up to the model's own. Unset, the model's own
    /// length, but at most 8192, since the cache takes memory for every token, and, where it can be, at least 512, since small
    /// models' files tend to understate it.
    /// </summary>
    public int? ContextLength { get; init; }

    /// <summary>Threads that compute, 1 or more. Unset, as many as the process may use.</summary>
    public int? Threads { get; init; }

    /// <summary>Sequences that run at the same time, 1 or more; 64 by default.</summary>
    public int MaxSequences { get; init; } = 64;

    /// <summary>Requests that may wait while others run, 0 or more.</summary>
    public int QueueCapacity { get; init; } = 256;

    /// <summary>
    /// Tokens of prompts that are computed in one step, 1 or more; 512 by default, and a quarter of it in steps in which other
    /// sequences generate, so that these do not wait long. A cancelled request ends between two steps: a larger number takes
    /// longer to give up, a smaller one reads the weights more often.
    /// </summary>
    public int PrefillChunk { get; init; } = 512;

    /// <summary>
    /// Tokens whose keys and values are kept, of all sequences together: at least a context's. What running sequences do not
    /// need holds the beginnings of earlier ones. Unset, eight contexts, but no more than a quarter of the memory that the process
    /// may use, and at least one context. Memory is taken when it is first used.
    /// </summary>
    public long? CacheTokens { get; init; }

    /// <summary>
    /// How keys and values are stored: F16, the default; BF16, which is less exact, and whose attention is up to twice as fast on
    /// processors that multiply BF16; F32; or Q8_0, which takes half of the memory.
    /// </summary>
    public DType CacheType { get; init; } = DType.F16;

    /// <summary>Whether what earlier sequences have computed serves later ones that begin alike. On by default.</summary>
    public bool PrefixCaching { get; init; } = true;

    /// <summary>
    /// A folder that keeps blocks of keys and values, for when they are no longer in memory, and for the next start; several engines
    /// may share it. Unset, none.
    /// </summary>
    public string? DiskCache { get; init; }

    /// <summary>Bytes of that folder at most, 1 or more; 10 GiB by default. What was used longest ago goes first.</summary>
    public long DiskCacheBytes { get; init; } = 10L << 30;

    /// <summary>Other engines of the same model, which are asked for blocks that are not here: where they serve HTTP.</summary>
    public IReadOnlyList<Uri> Peers { get; init; } = [];

    /// <summary>The API key that peers ask for; null for none.</summary>
    public string? PeerKey { get; init; }

    /// <summary>
    /// How many events of the cache are kept for <see cref="InferenceEngine.ReadKvEvents"/>, 0 or more. 0, the default, keeps none.
    /// </summary>
    public int KvEvents { get; init; }

    /// <summary>How tokens are guessed ahead. By default, by what followed the last ones before, as long as it pays.</summary>
    public SpeculationMethod Speculation { get; init; } = SpeculationMethod.Ngram;

    /// <summary>
    /// A smaller model of the same vocabulary that guesses in place of <see cref="Speculation"/>, as long as it pays. It must outlive
    /// the engine, and is not disposed with it. Unset, none.
    /// </summary>
    public LanguageModel? DraftModel { get; init; }

    /// <summary>Tokens that are guessed ahead at most, from 1 to 32; 8 by default.</summary>
    public int SpeculativeTokens { get; init; } = 8;

    /// <summary>
    /// Adapters that can be loaded at a time, from 0 to 1024. 0, the default, makes an engine that takes none. Steps in which
    /// no sequence has an adapter cost nothing more. An adapter takes its memory when it is loaded.
    /// </summary>
    public int MaxAdapters { get; init; }

    /// <summary>The largest rank of an adapter, from 1 to 512; 16 by default. Smaller ones cost less time, but as much memory.</summary>
    public int MaxAdapterRank { get; init; } = 16;

    /// <summary>Checks every field.</summary>
    /// <param name="model">The model to run.</param>
    /// <returns>The sizes to use.</returns>
    /// <exception cref="ArgumentException">
    /// A field is out of its range; the message names it, its value and the range.
    /// </exception>
    internal EngineSize Validate(ModelConfiguration model)
    {
        var (least, most) = model.Rotary is null ? (1, model.ContextLength) : (LeastDefaultContext, MostContext);
        if (ContextLength < 1 || ContextLength > most)
        {
            throw OptionError.Of($"ContextLength is {ContextLength}; this model takes from 1 to {most} tokens");
        }

        if (Threads < 1) throw OptionError.Of($"Threads is {Threads}; it must be 1 or more");
        if (QueueCapacity < 0) throw OptionError.Of($"QueueCapacity is {QueueCapacity}; it must be 0 or more");
        if (PrefillChunk < 1) throw OptionError.Of($"PrefillChunk is {PrefillChunk}; it must be 1 or more");
        if (MaxSequences is < 1 or > MostSequences)
        {
            throw OptionError.Of($"MaxSequences is {MaxSequences}; it must be from 1 to {MostSequences}");
        }

        if (KvEvents is < 0 or > MostKvEvents)
        {
            throw OptionError.Of($"KvEvents is {KvEvents}; it must be from 0 to {MostKvEvents}");
        }

        if (DiskCacheBytes < 1) throw OptionError.Of($"DiskCacheBytes is {DiskCacheBytes}; it must be 1 or more");
        if (DraftModel is { Configuration.VocabularySize: var vocabulary } draft && vocabulary != model.VocabularySize)
        {
            throw OptionError.Of(
                $"DraftModel, {draft.Name}, has {vocabulary} tokens and the model {model.VocabularySize}; they must be the same");
        }

        if (SpeculativeTokens is < 1 or > MostSpeculativeTokens)
        {
            throw OptionError.Of($"SpeculativeTokens is {SpeculativeTokens}; it must be from 1 to {MostSpeculativeTokens}");
        }

        if (MaxAdapters is < 0 or > MostAdapters)
        {
            throw OptionError.Of($"MaxAdapters is {MaxAdapters}; it must be from 0 to {MostAdapters}");
        }

        if (MaxAdapterRank is < 1 or > MostAdapterRank)
        {
            throw OptionError.Of($"MaxAdapterRank is {MaxAdapterRank}; it must be from 1 to {MostAdapterRank}");
        }

        if (CacheType is not (DType.F16 or DType.BF16 or DType.F32 or DType.Q8_0))
        {
            throw OptionError.Of($"CacheType is {CacheType}; it must be F16, BF16, F32 or Q8_0");
        }

        if (CacheType.IsBlocked && (model.HeadSize % CacheType.BlockElements, model.ValueSize % CacheType.BlockElements) != (0, 0))
        {
            throw OptionError.Of(
                $"CacheType is {CacheType}, which takes {CacheType.BlockElements} numbers together, and the model's heads have {model.HeadSize}; use F16");
        }

        var context = ContextLength ?? Math.Clamp(model.ContextLength, least, MostDefaultContext);
        if (CacheTokens is { } tokens && (tokens < context || tokens > MostCacheTokens))
        {
            throw OptionError.Of(
                $"CacheTokens is {tokens}; it must be from {context}, the context's length, to {MostCacheTokens}");
        }

        return new(context, BlocksOf(CacheTokens ?? DefaultCacheTokens(model, context)), BlocksOf(context));
    }

    /// <summary>The room for adapters that the graph is built with; null for none.</summary>
    internal AdapterCapacity? AdapterCapacity => MaxAdapters == 0 ? null : new(MaxAdapters + 1, (MaxAdapterRank + 7) / 8 * 8);

    private static int BlocksOf(long tokens) => (int)((tokens + BlockCache.BlockSize - 1) / BlockCache.BlockSize);

    /// <summary>Bytes of the keys and values of a token.</summary>
    internal long BytesOfToken(ModelConfiguration model) =>
        CacheType.ByteLength((long)model.Layers * model.KeyHeads * (model.HeadSize + model.ValueSize));

    private long DefaultCacheTokens(ModelConfiguration model, int context)
    {
        var affordable = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / Math.Max(BytesOfToken(model), 1);
        return Math.Clamp(affordable, context, Math.Min(8L * context, MostCacheTokens));
    }
}
