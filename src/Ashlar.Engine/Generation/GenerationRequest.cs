namespace Ashlar.Engine;

/// <summary>What to continue, how to choose the tokens, and when to end.</summary>
public sealed record GenerationRequest
{
    /// <summary>
    /// The tokens to continue, special tokens and all: the engine adds none, but for an empty prompt, which stands for the
    /// vocabulary's begin-of-sequence token. At most as many as the context holds; they must not change while generating.
    /// </summary>
    public required ReadOnlyMemory<int> PromptTokens { get; init; }

    /// <summary>
    /// The most tokens to generate, 0 or more. Unset, or past the end of the context: until the context is full. 0 computes
    /// the prompt alone.
    /// </summary>
    public int? MaxTokens { get; init; }

    /// <summary>How the tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Default;

    /// <summary>
    /// Texts that end the generation where one first appears in the output; they are not part of it. At most 64 of 1 to 4096
    /// characters each.
    /// </summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Token ids that end the generation; their text is not part of the output.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>Whether the model's own end-of-generation tokens are treated as any other.</summary>
    public bool IgnoreEndOfSequence { get; init; }

    /// <summary>
    /// Tokens that are generated before anything but the token limit may end the output, 0 or more: until then tokens that
    /// end it are not chosen and stop texts are not looked for.
    /// </summary>
    public int MinTokens { get; init; }
}
