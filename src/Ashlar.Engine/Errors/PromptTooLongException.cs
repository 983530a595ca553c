namespace Ashlar.Engine;

/// <summary>A prompt has more tokens than the context holds. Prompts are never truncated.</summary>
public sealed class PromptTooLongException : ArgumentException
{
    internal PromptTooLongException(int promptTokens, int contextLength)
        : base($"the prompt has {promptTokens} tokens and the context holds {contextLength}; shorten it, "
            + "or load the model with a longer context")
    {
        PromptTokens = promptTokens;
        ContextLength = contextLength;
    }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>Tokens that the context holds.</summary>
    public int ContextLength { get; }
}
