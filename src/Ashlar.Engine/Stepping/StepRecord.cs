using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Stepping;

/// <summary>
/// What the steps so far have brought, written by the engine's thread; how things stood after the last one, read by any.
/// </summary>
internal sealed class StepRecord(TimeProvider clock)
{
    private readonly Lock _gate = new(); // for all that follows it
    private EngineStatistics _published;
    private long _lastStep = clock.GetTimestamp(); // when it ended
    private long _steps;
    private long _computed;
    private long _generated;
    private long _right; // guesses

    /// <summary>How things stood after the last step.</summary>
    public EngineStatistics Published
    {
        get
        {
            lock (_gate) return _published with { SinceLastStep = clock.GetElapsedTime(_lastStep) };
        }
    }

    /// <summary>A sequence has been part of a step.</summary>
    /// <param name="computed">Tokens that were computed.</param>
    /// <param name="generated">Tokens that were chosen; all but one had been guessed.</param>
    public void Count(int computed, int generated)
    {
        _computed += computed;
        _generated += generated;
        _right += Math.Max(0, generated - 1);
    }

    /// <summary>There was nothing to do until now.</summary>
    public void Rest()
    {
        lock (_gate) _lastStep = clock.GetTimestamp();
    }

    /// <summary>Publishes how things stand.</summary>
    /// <param name="scheduler">Who runs and waits.</param>
    /// <param name="pool">Who uses which block.</param>
    /// <param name="step">How long the step took that has just ended; null where none has.</param>
    public void Publish(Scheduler scheduler, BlockPool pool, TimeSpan? step = null)
    {
        long unused = 0;
        foreach (var sequence in scheduler.Running) unused += sequence.Blocks!.Capacity - sequence.Computed;
        if (step is not null) _steps++;
        lock (_gate)
        {
            if (step is not null) _lastStep = clock.GetTimestamp();
            _published = new()
            {
                Running = scheduler.Running.Count,
                Waiting = scheduler.Waiting.Count + scheduler.Loading.Count,
                Blocks = pool.Total,
                FreeBlocks = pool.Free,
                EvictableBlocks = pool.Evictable,
                HeldBlocks = pool.Held,
                BlockSize = BlockCache.BlockSize,
                UnusedSlots = unused,
                Steps = _steps,
                ComputedTokens = _computed,
                GeneratedTokens = _generated,
                GuessedTokens = scheduler.Guessed,
                RightlyGuessedTokens = _right,
                SoughtTokens = scheduler.Sought,
                FoundTokens = scheduler.Found,
                FoundOnDiskTokens = scheduler.FoundOnDisk,
                FoundAtPeersTokens = scheduler.FoundAtPeers,
                Preemptions = scheduler.Preemptions,
                LastStep = step ?? _published.LastStep,
            };
        }
    }
}
