namespace Ashlar.Engine;

/// <summary>What a finished generation took.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens generated, with the one that ended the output.</param>
/// <param name="CachedTokens">Tokens of the prompt that were in the cache already and were not computed again.</param>
public readonly record struct GenerationUsage(int PromptTokens, int CompletionTokens, int CachedTokens)
{
    /// <summary>How often the sequence gave its place to another and went on later.</summary>
    public int Preemptions { get; init; }

    /// <summary>Tokens of the prompt and generated.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;
}
