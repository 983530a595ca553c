namespace Ashlar.Engine;

/// <summary>What a finished generation took.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CompletionTokens">Tokens generated, with the one that ended the output.</param>
/// <param name="CachedTokens">Tokens of the prompt that were in the cache already and were not computed again.</param>
public readonly record struct GenerationUsage(int PromptTokens, int CompletionTokens, int CachedTokens)
{
    /// <summary>How often the sequence gave its place to another and went on later.</summary>
    public int Preemptions { get; init; }

    /// <summary>Of <see cref="CachedTokens"/>, those whose keys and values were brought from disk.</summary>
    public int CachedOnDiskTokens { get; init; }

    /// <summary>Of <see cref="CachedTokens"/>, those whose keys and values were brought from other engines.</summary>
    public int CachedAtPeersTokens { get; init; }

    /// <summary>Tokens that were guessed ahead and checked.</summary>
    public int GuessedTokens { get; init; }

    /// <summary>Of <see cref="GuessedTokens"/>, those that were right.</summary>
    public int RightlyGuessedTokens { get; init; }

    /// <summary>Steps of the engine that computed some of its tokens.</summary>
    public int Steps { get; init; }

    /// <summary>Tokens that those steps computed, of all sequences: divided by <see cref="Steps"/>, in what company.</summary>
    public long StepTokens { get; init; }

    /// <summary>The most sequences that one of those steps computed.</summary>
    public int MostSequences { get; init; }

    /// <summary>Tokens of the prompt and generated.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>What two generations took together; <see cref="MostSequences"/> is the larger of the two.</summary>
    public static GenerationUsage operator +(GenerationUsage left, GenerationUsage right) => new(
        left.PromptTokens + right.PromptTokens,
        left.CompletionTokens + right.CompletionTokens,
        left.CachedTokens + right.CachedTokens)
    {
        Preemptions = left.Preemptions + right.Preemptions,
        CachedOnDiskTokens = left.CachedOnDiskTokens + right.CachedOnDiskTokens,
        CachedAtPeersTokens = left.CachedAtPeersTokens + right.CachedAtPeersTokens,
        GuessedTokens = left.GuessedTokens + right.GuessedTokens,
        RightlyGuessedTokens = left.RightlyGuessedTokens + right.RightlyGuessedTokens,
        Steps = left.Steps + right.Steps,
        StepTokens = left.StepTokens + right.StepTokens,
        MostSequences = Math.Max(left.MostSequences, right.MostSequences),
    };
}
