namespace Ashlar.Engine;

/// <summary>How an engine is set up.</summary>
public sealed record EngineOptions
{
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
}
