using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Stepping;

/// <summary>
/// The request that is being run: its tokens, how many of them the model has computed, and what becomes of the logits. Only the
/// engine's thread touches it.
/// </summary>
internal sealed class Sequence
{
    private readonly Submission _submission;
    private readonly int[] _tokens; // prompt and output
    private readonly int _promptLength;
    private readonly int _cachedLength;
    private readonly HashSet<int> _endTokens;
    private readonly Sampler _sampler;
    private readonly OutputText _text;
    private readonly TimeProvider _clock;
    private readonly long _started;
    private long _firstToken;
    private int _length;

    /// <summary>The submission's turn has come.</summary>
    /// <param name="submission">What is asked for.</param>
    /// <param name="model">What will run it.</param>
    /// <param name="cache">The tokens whose keys and values are in the cache.</param>
    /// <param name="clock">What the timings are taken from.</param>
    public Sequence(Submission submission, ModelFacts model, ReadOnlySpan<int> cache, TimeProvider clock)
    {
        var request = submission.Request;
        var prompt = request.PromptTokens.Span;
        _submission = submission;
        _clock = clock;
        _started = _firstToken = clock.GetTimestamp();

        _promptLength = _length = prompt.Length;
        _tokens = new int[prompt.Length + Math.Min(request.MaxTokens ?? int.MaxValue, model.ContextLength - prompt.Length)];
        prompt.CopyTo(_tokens);

        // One token at least is computed: the cache holds no logits.
        _cachedLength = Math.Min(cache.CommonPrefixLength(prompt), prompt.Length - 1);
        Computed = _tokens.AsMemory(0, _cachedLength);

        _endTokens = [.. request.StopTokens, .. request.IgnoreEndOfSequence ? [] : model.EndOfGeneration];
        _sampler = new(request.Sampling, model.Vocabulary, prompt, Random.Shared.NextInt64());
        _text = new(model.Tokenizer, prompt, request.Stop, request.VisibleTokens);
    }

    public bool IsCancelled => _submission.IsCancelled;

    /// <summary>The tokens whose keys and values are in the cache.</summary>
    public ReadOnlyMemory<int> Computed { get; private set; }

    /// <summary>The tokens that the model has yet to see; never empty while the sequence runs.</summary>
    public ReadOnlySpan<int> Pending => _tokens.AsSpan(Computed.Length, _length - Computed.Length);

    private int Generated => _length - _promptLength;

    /// <summary>The next of the pending tokens have been computed.</summary>
    public void Advance(int tokens) => Computed = _tokens.AsMemory(0, Computed.Length + tokens);

    /// <summary>All pending tokens have been computed: chooses and publishes the next one, if there is to be one.</summary>
    /// <param name="logits">The logits after the last token; they are changed.</param>
    /// <param name="candidates">Memory for the sampler to work in.</param>
    /// <returns>Whether the output ended.</returns>
    /// <exception cref="NotFiniteNumberException">The logits allow no choice.</exception>
    public bool Generate(Span<float> logits, Candidates candidates)
    {
        var reason = _length == _tokens.Length ? FinishReason.Length : Choose(logits, candidates);
        if (reason is null) return false;

        var now = _clock.GetTimestamp();
        if (Generated == 0) _firstToken = now;
        var timings = new GenerationTimings(
            Queued: _clock.GetElapsedTime(_submission.Arrived, _started),
            Prefill: _clock.GetElapsedTime(_started, _firstToken),
            Decode: _clock.GetElapsedTime(_firstToken, now));
        _submission.Output.Complete(reason.Value, new(_promptLength, Generated, _cachedLength), timings);
        return true;
    }

    /// <summary>Ends the output with an error.</summary>
    public void Fail(Exception error) => _submission.Output.Fail(error);

    private FinishReason? Choose(Span<float> logits, Candidates candidates)
    {
        var minTokens = _submission.Request.MinTokens;
        if (Generated < minTokens)
        {
            foreach (var endToken in _endTokens) logits[endToken] = float.NegativeInfinity;
        }

        var token = _sampler.Sample(logits, candidates);
        _tokens[_length++] = token;
        if (Generated == 1) _firstToken = _clock.GetTimestamp();

        var mayStop = Generated > minTokens;
        var stopped = _endTokens.Contains(token) || _text.Append(token, mayStop);
        var ended = stopped || _length == _tokens.Length;
        if (ended) stopped |= _text.Finish(mayStop);
        _submission.Output.Publish(token, _text.Released);
        _text.ClearReleased();
        return stopped ? FinishReason.Stop : ended ? FinishReason.Length : null;
    }
}
