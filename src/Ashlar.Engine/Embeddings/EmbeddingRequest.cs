using Ashlar.Models;

namespace Ashlar.Engine;

/// <summary>What to make a vector of, and how.</summary>
public sealed record EmbeddingRequest
{
    /// <summary>
    /// The tokens of the text, 1 or more, with those that the tokenizer puts round it (<c>addSpecial</c>): models that pool the
    /// last token were trained with an end-of-text token there. They must not change until the vector is there.
    /// </summary>
    public required ReadOnlyMemory<int> PromptTokens { get; init; }

    /// <summary>How hidden states become one vector. Unset, as the model's files say, or else the last token's.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>
    /// How many of the vector's first numbers to keep, 1 up to the model's width; it is normalized behind that. For models
    /// that were trained so (Kusupati et al., 2022: Matryoshka). Unset, all.
    /// </summary>
    public int? Dimensions { get; init; }

    /// <summary>Whether the vector is brought to length 1. On by default.</summary>
    public bool Normalize { get; init; } = true;

    /// <inheritdoc cref="GenerationRequest.Priority"/>
    public int Priority { get; init; }

    /// <inheritdoc cref="GenerationRequest.Tenant"/>
    public string Tenant { get; init; } = "";

    /// <inheritdoc cref="GenerationRequest.CacheSalt"/>
    public string CacheSalt { get; init; } = "";

    /// <inheritdoc cref="GenerationRequest.Timeout"/>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The same as the engine's step loop takes it: a prompt without output.</summary>
    internal GenerationRequest ToGeneration() => new()
    {
        PromptTokens = PromptTokens,
        MaxTokens = 0,
        Priority = Priority,
        Tenant = Tenant,
        CacheSalt = CacheSalt,
        Timeout = Timeout,
    };

    /// <summary>Checks what is not checked of every request.</summary>
    /// <param name="width">Numbers of a hidden state.</param>
    /// <exception cref="ArgumentException">A field is out of its range; the message names it, its value and the range.</exception>
    internal void Validate(int width)
    {
        if (PromptTokens.IsEmpty) throw OptionError.Of($"PromptTokens has {0} tokens; a vector needs one or more");
        if (Dimensions < 1 || Dimensions > width)
        {
            throw OptionError.Of($"Dimensions is {Dimensions}; this model's vectors have from 1 to {width}");
        }

        if (Pooling is { } pooling && !Enum.IsDefined(pooling))
        {
            throw OptionError.Of($"Pooling is {pooling}; it must be Mean, Cls or Last");
        }
    }
}
