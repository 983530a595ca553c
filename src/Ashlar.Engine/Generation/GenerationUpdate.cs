namespace Ashlar.Engine;

/// <summary>
/// What a generation has brought since the update before. One token each when the consumer keeps up; a consumer that does not
/// finds several tokens together. All texts in a row are the output.
/// </summary>
public sealed record GenerationUpdate
{
    /// <summary>The tokens generated, in order; the token that ended the output is among them.</summary>
    public required ReadOnlyMemory<int> Tokens { get; init; }

    /// <summary>
    /// The text that is certain by now. It may lag behind the tokens: half a character, or what may yet become a stop text, is
    /// held back.
    /// </summary>
    public required string Text { get; init; }

    /// <summary>
    /// Of each of the tokens, where <see cref="GenerationRequest.LogProbabilities"/> asks for them; else empty.
    /// </summary>
    public IReadOnlyList<TokenLogProbability> LogProbabilities { get; init; } = [];

    /// <summary>
    /// Of the prompt's tokens in order, the second first, where <see cref="GenerationRequest.PromptLogProbabilities"/> asks for
    /// them; all come before the first token, in one update or several.
    /// </summary>
    public IReadOnlyList<TokenLogProbability> PromptLogProbabilities { get; init; } = [];

    /// <summary>What the prompt took; set in the update with the first token, and in no other.</summary>
    public GenerationStart? Start { get; init; }

    /// <summary>Set in the last update, and in no other.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Set in the last update, and in no other.</summary>
    public GenerationUsage? Usage { get; init; }

    /// <summary>Set in the last update, and in no other.</summary>
    public GenerationTimings? Timings { get; init; }
}
