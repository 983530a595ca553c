namespace Ashlar.Engine;

/// <summary>A sequence that runs or waits.</summary>
public readonly record struct SequenceDescription
{
    /// <summary>What it does.</summary>
    public SequenceState State { get; init; }

    /// <summary>How long ago it was asked for.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Tokens of its prompt.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Tokens of its prompt that were found in the cache when it began.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Tokens, of prompt and output, whose keys and values are in the cache now.</summary>
    public int ComputedTokens { get; init; }

    /// <summary>Tokens that were generated.</summary>
    public int GeneratedTokens { get; init; }

    /// <summary>The request's priority; lower numbers come first.</summary>
    public int Priority { get; init; }

    /// <summary>How often it gave its place to another.</summary>
    public int Preemptions { get; init; }
}
