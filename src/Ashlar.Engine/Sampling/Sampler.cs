namespace Ashlar.Engine.Sampling;

/// <summary>
/// Chooses the tokens of one sequence. The stages, in this order, each left out where its option is off:
/// <list type="number">
/// <item>allowed tokens, forbidden sequences; logit bias; repetition, frequency and presence penalty: they change logits;</item>
/// <item>at temperature 0 the likeliest token, and the rest is skipped;</item>
/// <item>top-k, which temperature cannot change and which saves the rest its work;</item>
/// <item>temperature: logits become weights;</item>
/// <item>min-p, typical-p, top-p: each sees the weights that the one before has left;</item>
/// <item>a draw from what remains.</item>
/// </list>
/// It is vLLM's order, with typical-p before top-p as in llama.cpp. The token depends on the logits, the options and the seed
/// alone: not on who else is in the batch, nor on threads, nor on the processor (<see cref="Exponentials"/> says how).
/// </summary>
internal sealed class Sampler
{
    private readonly List<ILogitStage> _logitStages = [];
    private readonly List<ICandidateStage> _candidateStages = [];
    private readonly TokenHistory? _history;
    private readonly ForbiddenSequences? _forbidden;
    private readonly bool _greedy;
    private Xoshiro256 _generator;

    /// <param name="options">Checked options.</param>
    /// <param name="vocabulary">The number of token ids.</param>
    /// <param name="prompt">The tokens before the first one sampled.</param>
    /// <param name="seed">What to draw by where the options name no seed.</param>
    public Sampler(SamplingOptions options, int vocabulary, ReadOnlySpan<int> prompt, long seed)
    {
        _greedy = options.Temperature == 0;
        _generator = Xoshiro256.FromSeed(options.Seed ?? seed);

        if (options.AllowedTokens is { } allowed) _logitStages.Add(new AllowedTokens(allowed));
        if (options.ForbiddenSequences is { Count: > 0 } sequences) _logitStages.Add(_forbidden = new(sequences));
        if (options.LogitBias is { Count: > 0 } biases) _logitStages.Add(new LogitBias(biases));
        if (options.RepetitionPenalty != 1 || options.FrequencyPenalty != 0 || options.PresencePenalty != 0)
        {
            _history = new(vocabulary, prompt);
            if (options.RepetitionPenalty != 1) _logitStages.Add(new RepetitionPenalty(options.RepetitionPenalty, _history));
            if (options.FrequencyPenalty != 0) _logitStages.Add(new FrequencyPenalty(options.FrequencyPenalty, _history));
            if (options.PresencePenalty != 0) _logitStages.Add(new PresencePenalty(options.PresencePenalty, _history));
        }

        if (options.TopK > 0) _candidateStages.Add(new TopK(options.TopK));
        _candidateStages.Add(new Temperature(options.Temperature));
        if (options.MinP > 0) _candidateStages.Add(new MinP(options.MinP));
        if (options.TypicalP < 1) _candidateStages.Add(new TypicalP(options.TypicalP));
        if (options.TopP < 1) _candidateStages.Add(new TopP(options.TopP));
    }

    /// <summary>Chooses the next token and remembers it.</summary>
    /// <param name="logits">One for each token of the vocabulary; negative infinity forbids a token. They are changed.</param>
    /// <param name="candidates">Memory to work in.</param>
    /// <exception cref="NotFiniteNumberException">
    /// A logit is not a number or positive infinity, or every token is forbidden.
    /// </exception>
    public int Sample(Span<float> logits, Candidates candidates)
    {
        foreach (var stage in _logitStages) stage.Apply(logits);
        var token = Greedy.Pick(logits);
        if (!_greedy)
        {
            candidates.Load(logits, logits[token]);
            foreach (var stage in _candidateStages) stage.Apply(candidates);
            token = candidates.Draw(_generator.NextUniform());
        }

        _history?.Append(token);
        _forbidden?.Append(token);
        return token;
    }
}
