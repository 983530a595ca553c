using Ashlar.Engine.Adapters;
using Ashlar.Engine.Cache;
using Ashlar.Engine.Grammars;
using Ashlar.Engine.Sampling;
using Ashlar.Engine.Speculation;

namespace Ashlar.Engine.Stepping;

/// <summary>
/// A request that waits or runs: its tokens, how many of them are computed, and what becomes of the logits. Only the engine's
/// thread touches it, but for <see cref="Choose"/>, which a worker calls between <see cref="Settle"/> and <see cref="Conclude"/>.
/// </summary>
internal sealed class Sequence
{
    /// <summary>The most tokens of a prompt that are computed at once where the logits of each are wanted.</summary>
    private const int MostPromptOutputs = 64;

    private readonly Submission _submission;
    private readonly int[] _tokens; // prompt and output
    private readonly int _promptLength;
    private readonly HashSet<int> _endTokens;
    private readonly Sampler _sampler;
    private readonly OutputText _text;
    private readonly GrammarMatcher? _grammar;
    private readonly TimeProvider _clock;
    private readonly NgramIndex? _ngrams;
    private readonly int[] _guess; // at most what comes after the pending token
    private readonly DraftLength _worth;
    private int _guessCount;
    private int _guessed; // of these, those that are checked
    private long _started = -1;
    private long _firstToken;
    private int _length;
    private GenerationUsage _usage; // but for what is counted elsewhere: tokens and preemptions
    private int _foretold; // tokens of the prompt whose log probabilities were published, the first among them
    private int _preemptions;
    private int _chosen; // tokens of this step
    private FinishReason? _reason; // why they are the last
    private Exception? _failure; // of choosing them

    /// <param name="submission">What is asked for.</param>
    /// <param name="model">What will run it.</param>
    /// <param name="clock">What the timings are taken from.</param>
    /// <param name="mostGuessed">How many tokens may be guessed ahead, 0 or more.</param>
    /// <param name="draft">What guesses are worth where a model guesses for all; null where the sequence guesses itself.</param>
    public Sequence(
        Submission submission, ModelFacts model, TimeProvider clock, int mostGuessed = 0, DraftLength? draft = null)
    {
        var request = submission.Request;
        var prompt = request.PromptTokens.Span;
        _submission = submission;
        _clock = clock;
        _promptLength = _length = prompt.Length;
        _tokens = new int[prompt.Length + Math.Min(request.MaxTokens ?? int.MaxValue, model.ContextLength - prompt.Length)];
        prompt.CopyTo(_tokens);
        _foretold = request.PromptLogProbabilities is null ? prompt.Length : 1;
        _endTokens = [.. request.StopTokens, .. request.IgnoreEndOfSequence ? [] : model.EndOfGeneration];
        _sampler = new(request.Sampling, model.Vocabulary, prompt, Random.Shared.NextInt64());
        _text = new(model.Tokenizer, prompt, request.Stop, request.VisibleTokens);
        _grammar = submission.Grammar?.CreateMatcher();
        _guess = new int[mostGuessed];
        _worth = draft ?? new();
        if (mostGuessed > 0 && draft is null) _ngrams = new(_tokens.Length);
    }

    public GenerationRequest Request => _submission.Request;

    /// <summary>The adapter that it runs with; null for none.</summary>
    public LoadedAdapter? Adapter => _submission.Adapter;

    public long Arrived => _submission.Arrived;

    public bool IsCancelled => _submission.IsCancelled;

    /// <summary>What its output must match; null for anything.</summary>
    public CompiledGrammar? Grammar => _submission.Grammar;

    /// <summary>Whether it has ended, well or not.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Where its keys and values are while it runs; null while it waits.</summary>
    public SequenceBlocks? Blocks { get; private set; }

    /// <summary>Its row of the block table while it runs.</summary>
    public int Row { get; private set; }

    /// <summary>All tokens so far.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _length);

    /// <inheritdoc cref="Tokens"/>
    public ReadOnlyMemory<int> AllTokens => _tokens.AsMemory(0, _length);

    /// <summary>Whether blocks from elsewhere were asked for since it had its place last.</summary>
    public bool HasLoaded { get; set; }

    /// <summary>Whether bringing blocks from elsewhere was found to take longer than computing them.</summary>
    public bool SkipsStored { get; set; }

    /// <summary>The token at a position: one of its own, or one that is guessed.</summary>
    public int TokenAt(int position) => position < _length ? _tokens[position] : _guess[position - _length];

    /// <summary>How many tokens' keys and values are in the cache.</summary>
    public int Computed { get; private set; }

    /// <summary>Tokens that the model has yet to see; at least one while the sequence runs.</summary>
    public int Pending => _length - Computed;

    /// <summary>Whether all of the prompt is computed.</summary>
    public bool IsGenerating => Computed >= _promptLength;

    /// <summary>Whether hidden states are wanted, and no tokens.</summary>
    public bool IsPooled => _submission.Pool is not null;

    /// <summary>Tokens that are computed in this step.</summary>
    public int Scheduled { get; private set; }

    /// <summary>Of these, the last ones whose logits are wanted.</summary>
    public int Outputs { get; private set; }

    /// <summary>Tokens of this step whose hidden states are wanted: where the first is in the step, and how many.</summary>
    public (int First, int Count) Hidden
    {
        get
        {
            if (_submission.Pool is not { } pool) return (0, 0);
            var (first, count) = pool.Wanted(Computed, Computed + Scheduled);
            return (first - Computed, count);
        }
    }

    /// <summary>
    /// Tokens that may be found in the cache: the last one's logits are always wanted, and every hidden state that is pooled.
    /// </summary>
    public int MostFound =>
        _foretold < _promptLength ? 0 : Math.Min(_submission.Pool?.Next ?? int.MaxValue, _length - 1);

    /// <summary>Tokens that there must be room for when it starts: those that it has, and one that it generates.</summary>
    public int LeastRoom => Math.Min(_length + 1, _tokens.Length);

    private int Generated => _length - _promptLength;

    /// <summary>The sequence runs from now on.</summary>
    /// <param name="row">Its row of the block table.</param>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="found">Tokens whose keys and values were found in memory.</param>
    /// <param name="onDisk">Tokens behind them whose keys and values were found on disk.</param>
    /// <param name="atPeers">Tokens behind these whose keys and values were found at other engines.</param>
    public void Start(int row, SequenceBlocks blocks, int found, int onDisk = 0, int atPeers = 0)
    {
        (Row, Blocks, Computed) = (row, blocks, found + onDisk + atPeers);
        if (_started >= 0) return;
        _started = _firstToken = _clock.GetTimestamp();
        _usage = new(_promptLength, 0, Computed) { CachedOnDiskTokens = onDisk, CachedAtPeersTokens = atPeers };
    }

    /// <summary>It is part of a step.</summary>
    /// <param name="sequences">Sequences that the step computes, this one among them.</param>
    /// <param name="tokens">Tokens that the step computes, of all of them.</param>
    public void Share(int sequences, int tokens) => _usage = _usage with
    {
        Steps = _usage.Steps + 1,
        StepTokens = _usage.StepTokens + tokens,
        MostSequences = Math.Max(_usage.MostSequences, sequences),
    };

    /// <summary>The sequence gives up its place and its blocks.</summary>
    public void Stop()
    {
        Blocks!.Release();
        Blocks.Leave();
        Rest();
        (Blocks, Computed) = (null, 0);
    }

    /// <summary>Another took its place; it goes on later.</summary>
    public void Preempt()
    {
        Stop();
        HasLoaded = SkipsStored = false;
        _preemptions++;
    }

    /// <summary>Some of the pending tokens are computed in this step.</summary>
    /// <param name="most">How many at most.</param>
    public void Schedule(int most)
    {
        var foretells = _foretold < _promptLength;
        Scheduled = Math.Min(Math.Min(Pending, most), foretells ? MostPromptOutputs : int.MaxValue);
        Outputs = foretells ? Scheduled : Scheduled == Pending && _submission.Pool is null ? 1 : 0;
    }

    /// <summary>The tokens that are guessed behind the pending one.</summary>
    public ReadOnlySpan<int> Guesses => _guess.AsSpan(0, _guessCount);

    /// <summary>How many tokens may be guessed: one more is chosen in the step, and must find room.</summary>
    public int MostGuesses(int most) =>
        Outputs == 1 && Pending == 1 ? Math.Max(0, Math.Min(Math.Min(most, _guess.Length), _tokens.Length - _length - 1)) : 0;

    /// <summary>Another has guessed what comes behind the last guess.</summary>
    public void AddGuess(int token) => _guess[_guessCount++] = token;

    /// <summary>Guesses by what followed the last tokens before.</summary>
    public void GuessByNgrams() => _guessCount = _ngrams?.Guess(Tokens, _guess.AsSpan(0, MostGuesses(_guess.Length))) ?? 0;

    /// <summary>Has as many of the guesses checked in this step as are worth it.</summary>
    /// <param name="costs">What steps cost.</param>
    /// <param name="rows">Tokens that the step computes without them.</param>
    /// <returns>How many.</returns>
    public int CheckGuesses(StepCosts costs, int rows)
    {
        if (_guessCount == 0) return 0;
        _guessed = _ngrams is null ? _guessCount : _worth.Choose(_guessCount, costs, rows);
        Scheduled += _guessed;
        Outputs += _guessed;
        return _guessed;
    }

    /// <summary>There is no room for guesses.</summary>
    public void DropGuess()
    {
        Scheduled -= _guessed;
        Outputs -= _guessed;
        _guessed = 0;
    }

    /// <summary>It is not part of this step.</summary>
    public void Rest() => Scheduled = Outputs = _guessed = _guessCount = 0;

    /// <summary>What was scheduled is computed.</summary>
    public void Settle()
    {
        Blocks!.Settle();
        Computed += Scheduled - _guessed;
    }

    /// <summary>
    /// Chooses and publishes the next tokens, if there are to be any. It reads and writes nothing but the sequence's own: others
    /// choose at the same time.
    /// </summary>
    /// <param name="logits">(<see cref="Outputs"/>, vocabulary); they are changed.</param>
    /// <param name="candidates">Memory for the sampler to work in.</param>
    public void Choose(Span<float> logits, Candidates candidates)
    {
        try
        {
            if (_foretold < _promptLength) Foretell(logits);
            if (Pending == 0) ChooseAll(logits, candidates);
        }
        catch (Exception error)
        {
            _failure = error;
        }
    }

    /// <summary>Draws the consequences of what was chosen.</summary>
    /// <returns>Tokens that were generated; 0 where the logits allowed no choice, which fails the sequence.</returns>
    public int Conclude()
    {
        if (_failure is { } error)
        {
            Blocks!.Distrust(); // logits that allow no choice come of keys and values not to be trusted
            Fail(error);
            return 0;
        }

        var chosen = _chosen;
        _chosen = 0;
        if (chosen > 0 && _guessed > 0) Learn(chosen - 1);
        if (_reason is { } given) Complete(given);
        return chosen;
    }

    /// <summary>What was scheduled is computed: gathers its hidden states, in place of <see cref="Choose"/>.</summary>
    /// <param name="hidden">(count of <see cref="Hidden"/>, width).</param>
    public void Gather(ReadOnlySpan<float> hidden)
    {
        try
        {
            _submission.Pool!.Add(hidden);
        }
        catch (Exception error)
        {
            _failure = error;
        }

        Settle();
        if (Pending == 0) _reason = FinishReason.Length;
    }

    /// <summary>Ends the output with an error.</summary>
    public void Fail(Exception error)
    {
        HasEnded = true;
        _submission.Output.Fail(error);
    }

    /// <summary>Whether the request was worth nothing any more at some time.</summary>
    public bool TimedOut(long now) => Request.Timeout is { } timeout && _clock.GetElapsedTime(Arrived, now) > timeout;

    /// <summary>Ends a sequence that took longer than it may.</summary>
    public void TimeOut() => Fail(new RequestTimedOutException(Request.Timeout!.Value, hasStarted: _started >= 0));

    /// <summary>How it stands.</summary>
    public SequenceDescription Describe(long now) => new()
    {
        State = Blocks is not null ? IsGenerating ? SequenceState.Decode : SequenceState.Prefill
            : HasLoaded ? SequenceState.Loading : SequenceState.Waiting,
        Age = _clock.GetElapsedTime(Arrived, now),
        PromptTokens = _promptLength,
        CachedTokens = _usage.CachedTokens,
        ComputedTokens = Computed,
        GeneratedTokens = Generated,
        Priority = Request.Priority,
        Preemptions = _preemptions,
    };

    // The prompt is computed: what it took is told with the first token.
    private void Begin()
    {
        _firstToken = _clock.GetTimestamp();
        var (queued, prefill) = (_clock.GetElapsedTime(Arrived, _started), _clock.GetElapsedTime(_started, _firstToken));
        _submission.Output.Begin(_usage with { Preemptions = _preemptions }, new(queued, prefill, Decode: TimeSpan.Zero));
    }

    private void Complete(FinishReason reason)
    {
        var now = _clock.GetTimestamp();
        if (Generated == 0) _firstToken = now;
        var timings = new GenerationTimings(
            Queued: _clock.GetElapsedTime(Arrived, _started),
            Prefill: _clock.GetElapsedTime(_started, _firstToken),
            Decode: _clock.GetElapsedTime(_firstToken, now));
        HasEnded = true;
        _submission.Output.Complete(reason, _usage with { CompletionTokens = Generated, Preemptions = _preemptions }, timings);
    }

    // How many of the guesses that were checked were right.
    private void Learn(int right)
    {
        _worth.Learn(_guessed, right);
        _usage = _usage with
        {
            GuessedTokens = _usage.GuessedTokens + _guessed,
            RightlyGuessedTokens = _usage.RightlyGuessedTokens + right,
        };
    }

    // Each output foretells the token after its own.
    private void Foretell(ReadOnlySpan<float> logits)
    {
        var vocabulary = logits.Length / Outputs;
        var first = Computed - Outputs;
        for (var i = 0; i < Outputs && first + i + 1 < _promptLength; i++)
        {
            if (first + i + 1 < _foretold) continue;
            var found = LogProbabilities.Of(
                logits.Slice(i * vocabulary, vocabulary), _tokens[first + i + 1], Request.PromptLogProbabilities!.Value);
            _submission.Output.PublishPrompt(found);
            _foretold = first + i + 2;
        }
    }

    private void ChooseAll(Span<float> logits, Candidates candidates)
    {
        var before = _length;
        var vocabulary = logits.Length / Outputs;
        logits = logits[^((1 + _guessed) * vocabulary)..];
        for (var right = 0; ; right++)
        {
            _reason = _length == _tokens.Length ? FinishReason.Length : ChooseNext(logits[..vocabulary], candidates);
            // What was computed upon a guess holds where the guess is what was chosen.
            var goesOn = right < _guessed && _reason is null && _tokens[_length - 1] == _guess[right];
            if (!goesOn) break;
            Computed++;
            logits = logits[vocabulary..];
        }

        _chosen = _length - before;
    }

    private FinishReason? ChooseNext(Span<float> logits, Candidates candidates)
    {
        // Before anything changes them.
        var own = Request.LogProbabilities is null ? null : candidates.Remember(logits);
        var minTokens = Request.MinTokens;
        if (Generated < minTokens && _grammar is not { IsEnded: true }) // else there would be nothing to choose
        {
            foreach (var endToken in _endTokens) logits[endToken] = float.NegativeInfinity;
        }

        if (_grammar is not null) candidates.Restrict(logits, _grammar);
        var token = _sampler.Sample(logits, candidates);
        _tokens[_length++] = token;
        if (Generated == 1) Begin();

        var mayStop = Generated > minTokens;
        var stopped = _endTokens.Contains(token) || _text.Append(token, mayStop);
        if (_grammar is not null) stopped |= !_grammar.TryAccept(token) || _grammar.IsEnded;
        var ended = stopped || _length == _tokens.Length;
        if (ended) stopped |= _text.Finish(mayStop);
        var probability = own is null
            ? null
            : LogProbabilities.Of(own, token, Request.LogProbabilities!.Value, Request.LogProbabilityTokens);
        _submission.Output.Publish(token, _text.Released, probability);
        _text.ClearReleased();
        return stopped ? FinishReason.Stop : ended ? FinishReason.Length : null;
    }
}
