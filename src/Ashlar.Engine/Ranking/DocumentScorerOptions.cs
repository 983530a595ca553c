using Ashlar.Models;

namespace Ashlar.Engine;

/// <summary>How documents are scored.</summary>
public sealed record DocumentScorerOptions
{
    /// <summary>
    /// How. Unset, by judgement where a template is given or the model's file has one (<c>tokenizer.chat_template.rerank</c>),
    /// else by similarity.
    /// </summary>
    public ScoringMethod? Method { get; init; }

    /// <summary>
    /// For judgement: the prompt that the model was trained on, with special tokens, in which <c>{query}</c> and
    /// <c>{document}</c> are replaced. Unset, that of the model's file.
    /// </summary>
    public string? Template { get; init; }

    /// <summary>For judgement: the answer that speaks for the document, one token of the model.</summary>
    public string Yes { get; init; } = "yes";

    /// <summary>For judgement: the answer that speaks against it, one token of the model.</summary>
    public string No { get; init; } = "no";

    /// <summary>For similarity: what is put before the query, such as an instruction that the model was trained on.</summary>
    public string QueryPrefix { get; init; } = "";

    /// <summary>For similarity: what is put before each document.</summary>
    public string DocumentPrefix { get; init; } = "";

    /// <summary>For similarity: see <see cref="EmbeddingRequest.Pooling"/>.</summary>
    public Pooling? Pooling { get; init; }

    /// <inheritdoc cref="GenerationRequest.CacheSalt"/>
    public string CacheSalt { get; init; } = "";

    /// <inheritdoc cref="GenerationRequest.Tenant"/>
    public string Tenant { get; init; } = "";
}
