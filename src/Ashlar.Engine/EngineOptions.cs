namespace Ashlar.Engine;

/// <summary>How an engine is set up.</summary>
public sealed record EngineOptions
{
    private const int DefaultContextLimit = 8192;

    /// <summary>
    /// Tokens that prompt and output may have together: 1 up to the model's own context length. Unset, the model's own, but not
    /// over 8192, since the cache takes memory for every one of them.
    /// </summary>
    public int? ContextLength { get; init; }

    /// <summary>Threads that compute, 1 or more. Unset, one for each processor.</summary>
    public int? Threads { get; init; }

    /// <summary>Requests that may wait while one runs, 0 or more.</summary>
    public int QueueCapacity { get; init; } = 256;

    /// <summary>Tokens of a prompt that are computed at once, 1 or more; a cancelled request ends between two such runs.</summary>
    public int PrefillChunk { get; init; } = 128;

    /// <summary>Checks every field.</summary>
    /// <param name="modelContextLength">The model's own context length in tokens.</param>
    /// <returns>The context length to use.</returns>
    /// <exception cref="ArgumentException">A field is out of its range; the message names it, its value and the range.</exception>
    internal int Validate(int modelContextLength)
    {
        if (ContextLength < 1 || ContextLength > modelContextLength)
        {
            throw new ArgumentException($"ContextLength is {ContextLength}; this model takes from 1 to {modelContextLength} tokens");
        }

        if (Threads < 1) throw new ArgumentException($"Threads is {Threads}; it must be 1 or more");
        if (QueueCapacity < 0) throw new ArgumentException($"QueueCapacity is {QueueCapacity}; it must be 0 or more");
        if (PrefillChunk < 1) throw new ArgumentException($"PrefillChunk is {PrefillChunk}; it must be 1 or more");
        return ContextLength ?? Math.Min(modelContextLength, DefaultContextLimit);
    }
}
