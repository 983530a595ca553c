using System.Threading.Channels;
using Ashlar.Engine.Cache;
using Ashlar.Engine.Describing;
using Ashlar.Engine.Speculation;
using Ashlar.Engine.Tiers;

namespace Ashlar.Engine.Stepping;

/// <summary>
/// The engine's thread, which alone touches the model's state. Each turn:
/// <list type="number">
/// <item>take in what was submitted, and let go of what has ended or was cancelled;</item>
/// <item>put a step together: some pending tokens of some sequences;</item>
/// <item>compute them, and have each sequence that has none pending any more choose its next token.</item>
/// </list>
/// An error in choosing fails the sequence. An error in computing leaves nobody knows what in the cache, and fails the engine.
/// </summary>
internal sealed class StepLoop : IDisposable
{
    private const double LeastPatience = 60, StepsOfPatience = 20; // the first in seconds

    private static readonly HttpClient PeerClient = new();

    private readonly ModelFacts _model;
    private readonly PagedPass _pass;
    private readonly TimeProvider _clock;
    private readonly int _queueCapacity;
    private readonly int _mostGuessed;
    private readonly DraftModel? _draft;
    private readonly StepCosts _costs = new();
    private readonly TokenChoice _choice;
    private readonly BlockCache _cache;
    private readonly Scheduler _scheduler;
    private readonly Channel<Action> _mail = Channel.CreateUnbounded<Action>(new() { SingleReader = true });
    private readonly KvEventLog? _events;
    private readonly BlockTransfers? _transfers;
    private readonly CacheTiers? _tiers;
    private readonly Thread _thread;
    private readonly StepRecord _record;
    private int _active; // submitted and not ended
    private bool _hasEnded;
    private volatile bool _isStopping;
    private volatile Exception? _failure;

    /// <summary>Starts the thread.</summary>
    /// <param name="model">What sequences need to know.</param>
    /// <param name="pass">The model's state; the loop disposes it in the end.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="clock">What timings are taken from.</param>
    /// <param name="draft">A model that guesses, if there is one; the loop disposes it too.</param>
    public StepLoop(ModelFacts model, PagedPass pass, EngineOptions options, TimeProvider clock, DraftModel? draft = null)
    {
        (_model, _pass, _clock, _draft) = (model, pass, clock, draft);
        _queueCapacity = options.QueueCapacity;
        _mostGuessed = options.Speculation == SpeculationMethod.None && draft is null ? 0 : options.SpeculativeTokens;
        _choice = new(pass, options.MaxSequences);
        _record = new(clock);
        if (options.KvEvents > 0) _events = new(options.KvEvents);
        _cache = new(pass.Blocks, key => BlockName.Root(model.Fingerprint, pass.CacheLayout, key), _events);
        if (options.DiskCache is not null || options.Peers.Count > 0)
        {
            var disk = options.DiskCache is { } folder ? new DiskTier(folder, options.DiskCacheBytes) : null;
            var peers = options.Peers.Count > 0 ? new PeerTier(options.Peers, options.PeerKey, PeerClient, clock) : null;
            _transfers = new(pass, disk, peers, Tell);
            _tiers = new(_cache, _transfers, clock);
        }

        _scheduler = new(_cache, pass.Row, pass.Cache.Copy, options, _tiers, draft);
        _thread = new(Run) { Name = "ashlar engine", IsBackground = true };
        _record.Publish(_scheduler, _cache.Pool);
        _thread.UnsafeStart();
    }

    /// <summary>Why the loop has ended before its time.</summary>
    public Exception? Failure => _failure;

    /// <summary>Requests that run or wait.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Whether there is something to do and yet no step ended for long, as steps go.</summary>
    public bool IsStalled
    {
        get
        {
            var statistics = Statistics;
            var patience = TimeSpan.FromSeconds(Math.Max(LeastPatience, StepsOfPatience * statistics.LastStep.TotalSeconds));
            return Active > 0 && statistics.SinceLastStep > patience;
        }
    }

    /// <summary>How things stood after the last step.</summary>
    public EngineStatistics Statistics => _record.Published;

    /// <summary>What happened to the blocks of the cache; null where it is not kept.</summary>
    public KvEventLog? Events => _events;

    /// <summary>A block of keys and values, as a file; null where there is none of the name. Any thread may ask.</summary>
    public async Task<byte[]?> ReadBlockAsync(BlockName name)
    {
        if (_transfers?.Read(name) is { } kept) return kept;
        var found = new TaskCompletionSource<byte[]?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _mail.Writer.TryWrite(Answer) ? await found.Task.ConfigureAwait(false) : null;

        void Answer() => found.SetResult(_hasEnded ? null : BlockFile.Of(name, _cache.Tree, _pass.Cache));
    }

    /// <summary>Queues a request; any thread may.</summary>
    /// <exception cref="EngineBusyException">As many requests wait as may.</exception>
    /// <exception cref="EngineFailedException">The engine has failed.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public void Submit(Submission submission)
    {
        // As many as may run, and as many as may wait.
        if (Interlocked.Increment(ref _active) - _scheduler.MaxRunning > _queueCapacity)
        {
            Interlocked.Decrement(ref _active);
            throw new EngineBusyException(_queueCapacity);
        }

        if (!_mail.Writer.TryWrite(() => Take(submission)))
        {
            Interlocked.Decrement(ref _active);
            throw Refusal();
        }
    }

    /// <summary>Tells what runs, waits and is in the cache, between two steps; any thread may ask.</summary>
    /// <param name="mostSequences">How many sequences are listed at most.</param>
    /// <param name="mostRuns">How many runs of the prefix tree are listed at most.</param>
    /// <exception cref="EngineFailedException">The engine has failed.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public Task<EngineDescription> DescribeAsync(int mostSequences, int mostRuns)
    {
        var answer = new TaskCompletionSource<EngineDescription>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _mail.Writer.TryWrite(Answer) ? answer.Task : Task.FromException<EngineDescription>(Refusal());

        void Answer()
        {
            if (_hasEnded) answer.SetException(Refusal());
            else answer.SetResult(EngineView.Of(_scheduler, _cache, Statistics, _clock.GetTimestamp(), mostSequences, mostRuns));
        }
    }

    /// <summary>Fails all requests and waits for the thread to end.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _mail.Writer.TryComplete();
        _thread.Join();
    }

    private void Run()
    {
        try
        {
            while (Turn())
            {
            }
        }
        catch (Exception error)
        {
            _failure = error;
        }

        // From here on nothing more is taken; what came before gets an answer.
        _mail.Writer.TryComplete();
        _hasEnded = true;
        while (_mail.Reader.TryRead(out var letter)) letter();
        Interlocked.Add(ref _active, -_scheduler.RemoveAll(Refusal(), _clock.GetTimestamp()));
        _record.Publish(_scheduler, _cache.Pool);
        _transfers?.Dispose();
        _draft?.Dispose();
        _pass.Dispose();
    }

    // For those who work for the engine on other threads; once it has ended there is nothing to tell.
    private void Tell(Action letter) => _mail.Writer.TryWrite(letter);

    private bool Turn()
    {
        while (_mail.Reader.TryRead(out var letter)) letter();
        Interlocked.Add(ref _active, -_scheduler.RemoveEnded(_clock.GetTimestamp()));
        if (_isStopping) return false;

        var isBusy = _scheduler.Running.Count + _scheduler.Waiting.Count > 0;
        if (isBusy && Step()) return true;
        _record.Publish(_scheduler, _cache.Pool);
        var goesOn = _mail.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();
        _record.Rest();
        return goesOn;
    }

    private void Take(Submission submission)
    {
        try
        {
            if (_hasEnded) throw Refusal();
            var mostGuessed = submission.Pool is null ? _mostGuessed : 0;
            _scheduler.Add(new(submission, _model, _clock, mostGuessed, _draft?.Worth));
        }
        catch (Exception error)
        {
            submission.Output.Fail(error);
            submission.Adapter?.Release();
            Interlocked.Decrement(ref _active);
        }
    }

    // Whether there was something to compute.
    private bool Step()
    {
        var began = _clock.GetTimestamp();
        _scheduler.Plan(_costs);
        var scheduled = _scheduler.Scheduled;
        if (scheduled.Count == 0)
        {
            if (_scheduler.Loading.Count > 0) return false; // blocks are on their way
            throw new InvalidOperationException("no sequence finds room in the cache; this is a fault");
        }

        Fill(scheduled);
        var logits = _pass.Run();
        _cache.EndStep();
        Learn(scheduled, _clock.GetElapsedTime(began));

        foreach (var sequence in scheduled)
        {
            if (!sequence.IsPooled) sequence.Settle();
        }

        _choice.Run(scheduled, logits);
        Conclude(scheduled);
        _record.Publish(_scheduler, _cache.Pool, _clock.GetElapsedTime(began));
        return true;
    }

    private void Conclude(List<Sequence> scheduled)
    {
        var hidden = _pass.Hidden.AsSpan<float>();
        foreach (var sequence in scheduled)
        {
            var states = hidden[..(sequence.Hidden.Count * _pass.Width)];
            hidden = hidden[states.Length..];
            if (sequence.IsPooled) sequence.Gather(states);
            _record.Count(sequence.Scheduled, sequence.Conclude());
        }
    }

    // Steps of prompts are another matter: they are bound by arithmetic.
    private void Learn(List<Sequence> scheduled, TimeSpan took)
    {
        var tokens = 0;
        var generates = true;
        foreach (var sequence in scheduled)
        {
            generates &= sequence.Outputs == sequence.Scheduled;
            tokens += sequence.Scheduled;
        }

        if (generates) _costs.Learn(tokens, took.TotalSeconds);
        else _tiers?.LearnComputing(tokens, took);
    }

    private void Fill(List<Sequence> scheduled)
    {
        var (tokens, outputs, hidden) = (0, 0, 0);
        foreach (var sequence in scheduled)
        {
            tokens += sequence.Scheduled;
            outputs += sequence.Outputs;
            hidden += sequence.Hidden.Count;
        }

        var inputs = _pass.Inputs;
        inputs.Resize(tokens, outputs, hidden);
        var (token, output, state) = (0, 0, 0);
        foreach (var sequence in scheduled)
        {
            var first = token;
            for (var i = 0; i < sequence.Scheduled; i++, token++)
            {
                var position = sequence.Computed + i;
                inputs.Tokens[token] = sequence.TokenAt(position);
                inputs.Positions[token] = position;
                inputs.Sequences[token] = sequence.Row;
                inputs.Slots[token] = _pass.Slot(sequence.Row, position);
                inputs.Adapters[token] = sequence.Adapter?.Place ?? 0;
            }

            var (from, count) = sequence.Hidden;
            for (var i = 0; i < count; i++) inputs.Hidden[state++] = first + from + i;
            first += sequence.Scheduled - sequence.Outputs;
            for (var i = 0; i < sequence.Outputs; i++) inputs.Outputs[output++] = first + i;
        }
    }

    private InvalidOperationException Refusal() =>
        _failure is null ? new ObjectDisposedException(nameof(InferenceEngine)) : new EngineFailedException(_failure);
}
