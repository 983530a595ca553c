using System.Threading.Channels;
using Ashlar.Engine.Sampling;

namespace Ashlar.Engine.Stepping;

/// <summary>
/// The engine's thread, which alone touches the model's state. Each turn:
/// <list type="number">
/// <item>take in what was submitted, and let go of what was cancelled;</item>
/// <item>compute pending tokens of the running sequence: a chunk of its prompt, or the token chosen last;</item>
/// <item>when none is pending any more, choose the next.</item>
/// </list>
/// An error in starting or choosing fails the sequence. An error in computing leaves nobody knows what in the cache, and fails
/// the engine.
/// </summary>
internal sealed class StepLoop
{
    private readonly ModelFacts _model;
    private readonly ForwardPass _forward;
    private readonly TimeProvider _clock;
    private readonly int _prefillChunk;
    private readonly int _queueCapacity;
    private readonly float[] _logits; // (vocabulary)
    private readonly Candidates _candidates;
    private readonly Channel<Submission> _submitted = Channel.CreateUnbounded<Submission>(new() { SingleReader = true });
    private readonly List<Submission> _waiting = [];
    private readonly Thread _thread;
    private Sequence? _running;
    private ReadOnlyMemory<int> _cache; // the tokens whose keys and values the forward pass holds
    private int _active; // submitted and not ended
    private volatile bool _isStopping;
    private volatile Exception? _failure;

    /// <summary>Starts the thread.</summary>
    /// <param name="model">What sequences need to know.</param>
    /// <param name="forward">The model's state; the loop disposes it in the end.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="clock">What timings are taken from.</param>
    public StepLoop(ModelFacts model, ForwardPass forward, EngineOptions options, TimeProvider clock)
    {
        (_model, _forward, _clock) = (model, forward, clock);
        (_prefillChunk, _queueCapacity) = (options.PrefillChunk, options.QueueCapacity);
        _logits = new float[model.Vocabulary];
        _candidates = new(model.Vocabulary);
        _thread = new(Run) { Name = "ashlar engine", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Why the loop has ended before its time.</summary>
    public Exception? Failure => _failure;

    /// <summary>Requests that run or wait.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Queues a request; any thread may.</summary>
    /// <exception cref="EngineBusyException">As many requests wait as may.</exception>
    /// <exception cref="EngineFailedException">The engine has failed.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public void Submit(Submission submission)
    {
        // One more than may wait: the one that runs.
        if (Interlocked.Increment(ref _active) - 1 > _queueCapacity)
        {
            Interlocked.Decrement(ref _active);
            throw new EngineBusyException(_queueCapacity);
        }

        if (!_submitted.Writer.TryWrite(submission))
        {
            Interlocked.Decrement(ref _active);
            throw Refusal();
        }
    }

    /// <summary>Fails all requests and waits for the thread to end.</summary>
    public void Stop()
    {
        _isStopping = true;
        _submitted.Writer.TryComplete();
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
        _submitted.Writer.TryComplete();
        var ended = _running is null ? 0 : 1;
        _running?.Fail(Refusal());
        while (_submitted.Reader.TryRead(out var submission)) _waiting.Add(submission);
        foreach (var submission in _waiting) submission.Output.Fail(Refusal());
        Interlocked.Add(ref _active, -(ended + _waiting.Count));
        _forward.Dispose();
    }

    private bool Turn()
    {
        while (_submitted.Reader.TryRead(out var submission)) _waiting.Add(submission);
        Interlocked.Add(ref _active, -_waiting.RemoveAll(static submission => submission.IsCancelled));
        if (_running is { IsCancelled: true }) Retire();
        if (_isStopping) return false;

        if (_running is null)
        {
            if (_waiting.Count == 0) return _submitted.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();
            _running = Start(_waiting[0]);
            _waiting.RemoveAt(0);
        }

        if (_running is not null) Step(_running);
        return true;
    }

    private Sequence? Start(Submission submission)
    {
        try
        {
            return new(submission, _model, _cache.Span, _clock);
        }
        catch (Exception error)
        {
            submission.Output.Fail(error);
            Interlocked.Decrement(ref _active);
            return null;
        }
    }

    private void Step(Sequence sequence)
    {
        var pending = sequence.Pending;
        var tokens = pending[..Math.Min(pending.Length, _prefillChunk)];
        _forward.Run(tokens, sequence.Computed.Length, _logits);
        sequence.Advance(tokens.Length);
        if (tokens.Length < pending.Length) return;

        try
        {
            if (sequence.Generate(_logits, _candidates)) Retire();
        }
        catch (Exception error)
        {
            sequence.Fail(error);
            Retire();
            _cache = default; // logits that allow no choice come of keys and values not to be trusted
        }
    }

    private void Retire()
    {
        _cache = _running!.Computed;
        _running = null;
        Interlocked.Decrement(ref _active);
    }

    private InvalidOperationException Refusal() =>
        _failure is null ? new ObjectDisposedException(nameof(InferenceEngine)) : new EngineFailedException(_failure);
}
