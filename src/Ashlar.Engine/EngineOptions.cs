using Ashlar.Models;

namespace Ashlar.Engine;

/// <summary>How an engine is set up.</summary>
public sealed record EngineOptions
{
    /// <summary>The context length where none is asked for: the model's own, but within these bounds.</summary>
    private const int LeastDefaultContext = 512, MostDefaultContext = 8192;

    private const int MostContext = 1 << 24;

    /// <summary>
    /// Tokens that prompt and output may have together. Rotary positions know no end: up to 16,777,216, though a model's answers
    /// get worse past the length that it was trained on. Learned positions do: up to the model's own. Unset, the model's own
    /// length, but at most 8192, since the cache takes memory for every token, and, where it can be, at least 512, since small
    /// models' files tend to understate it.
    /// </summary>
    public int? ContextLength { get; init; }

    /// <summary>Threads that compute, 1 or more. Unset, as many as the process may use.</summary>
    public int? Threads { get; init; }

    /// <summary>Requests that may wait while one runs, 0 or more.</summary>
    public int QueueCapacity { get; init; } = 256;

    /// <summary>
    /// Tokens of a prompt that are computed at once, 1 or more; 512 by default. A cancelled request ends between two such runs: a
    /// larger number takes longer to give up, a smaller one reads the weights more often.
    /// </summary>
    public int PrefillChunk { get; init; } = 512;

    /// <summary>Checks every field.</summary>
    /// <param name="model">The model to run.</param>
    /// <returns>The context length to use.</returns>
    /// <exception cref="ArgumentException">
    /// A field is out of its range; the message names it, its value and the range.
    /// </exception>
    internal int Validate(ModelConfiguration model)
    {
        var (least, most) = model.Rotary is null ? (1, model.ContextLength) : (LeastDefaultContext, MostContext);
        if (ContextLength < 1 || ContextLength > most)
        {
            throw OptionError.Of($"ContextLength is {ContextLength}; this model takes from 1 to {most} tokens");
        }

        if (Threads < 1) throw OptionError.Of($"Threads is {Threads}; it must be 1 or more");
        if (QueueCapacity < 0) throw OptionError.Of($"QueueCapacity is {QueueCapacity}; it must be 0 or more");
        if (PrefillChunk < 1) throw OptionError.Of($"PrefillChunk is {PrefillChunk}; it must be 1 or more");
        return ContextLength ?? Math.Clamp(model.ContextLength, least, MostDefaultContext);
    }
}
