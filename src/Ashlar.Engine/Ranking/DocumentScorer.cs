using Ashlar.Engine.Ranking;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Engine;

/// <summary>Says how well documents fit a query, for ranking them. Any number of callers may use it at once.</summary>
public sealed class DocumentScorer
{
    /// <summary>Requests of one call that the engine has at a time: some fill its steps, all might fill its queue.</summary>
    internal const int MostAtOnce = 16;

    private readonly InferenceEngine _engine;
    private readonly DocumentScorerOptions _options;
    private readonly Tokenizer _tokenizer;
    private readonly JudgementPrompt? _judgement;

    /// <summary>Makes a scorer of an engine.</summary>
    /// <param name="engine">What runs the model; it is not disposed with the scorer.</param>
    /// <param name="options">How to score.</param>
    /// <exception cref="NotSupportedException">
    /// The model has no tokenizer; or it is to judge, and there is no template, or an answer is not one token; or it is a
    /// classifier of another kind.
    /// </exception>
    /// <exception cref="ArgumentException">The template lacks <c>{query}</c> or <c>{document}</c>.</exception>
    public DocumentScorer(InferenceEngine engine, DocumentScorerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        (_engine, _options) = (engine, options ?? new());
        var model = engine.Model;
        _tokenizer = model.Tokenizer ?? throw new NotSupportedException(
            $"model '{model.Name}' has no tokenizer to read documents with ({model.TokenizerProblem}); load one that has");
        var template = _options.Template ?? JudgementPrompt.TemplateOf(model);
        Method = _options.Method ?? (template is null ? ScoringMethod.Similarity : ScoringMethod.Judgement);
        if (Method == ScoringMethod.Judgement) _judgement = new(model, _tokenizer, template, _options.Yes, _options.No);
    }

    /// <summary>How documents are scored.</summary>
    public ScoringMethod Method { get; }

    /// <summary>Scores documents.</summary>
    /// <param name="query">What is looked for.</param>
    /// <param name="documents">Where, any number.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>A score for each document, in their order; a score does not depend on the other documents.</returns>
    /// <exception cref="PromptTooLongException">A document, with what stands round it, does not fit the context.</exception>
    /// <inheritdoc cref="InferenceEngine.EmbedAsync" path="/exception"/>
    public async Task<IReadOnlyList<DocumentScore>> ScoreAsync(
        string query, IReadOnlyList<string> documents, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        var sought = _judgement is not null
            ? null
            : await EmbedAsync(_options.QueryPrefix + query, cancellationToken).ConfigureAwait(false);
        var scores = new DocumentScore[documents.Count];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, scores.Length, limits, async (index, cancelled) =>
        {
            scores[index] = _judgement is null
                ? await CompareAsync(index, sought!, documents[index], cancelled).ConfigureAwait(false)
                : await JudgeAsync(index, _judgement, query, documents[index], cancelled).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return scores;
    }

    private async Task<DocumentScore> CompareAsync(int index, EmbeddingResult sought, string document, CancellationToken cancelled)
    {
        var found = await EmbedAsync(_options.DocumentPrefix + document, cancelled).ConfigureAwait(false);
        var (left, right) = (sought.Vector, found.Vector);
        var cosine = 0.0; // of vectors of length 1
        for (var i = 0; i < left.Length; i++) cosine += (double)left.Span[i] * right.Span[i];
        return new(index, (float)cosine, found.Usage.PromptTokens);
    }

    private Task<EmbeddingResult> EmbedAsync(string text, CancellationToken cancelled) => _engine.EmbedAsync(
        new()
        {
            PromptTokens = _tokenizer.Encode(text, addSpecial: true),
            Pooling = _options.Pooling,
            CacheSalt = _options.CacheSalt,
            Tenant = _options.Tenant,
        },
        cancelled);

    private async Task<DocumentScore> JudgeAsync(
        int index, JudgementPrompt judgement, string query, string document, CancellationToken cancelled)
    {
        var prompt = judgement.Encode(query, document);
        if (prompt.Length >= _engine.ContextLength) throw new PromptTooLongException(prompt.Length + 1, _engine.ContextLength);
        var request = new GenerationRequest
        {
            PromptTokens = prompt,
            MaxTokens = 1,
            Sampling = SamplingOptions.Greedy,
            LogProbabilities = 0,
            LogProbabilityTokens = [judgement.Yes, judgement.No],
            CacheSalt = _options.CacheSalt,
            Tenant = _options.Tenant,
        };
        var score = 0.0;
        await foreach (var update in _engine.GenerateAsync(request, cancelled).ConfigureAwait(false))
        {
            if (update.LogProbabilities is not [{ Asked: [var yes, var no] }]) continue;
            score = 1 / (1 + Math.Exp((double)no.LogProbability - yes.LogProbability));
        }

        return new(index, (float)score, prompt.Length);
    }
}
