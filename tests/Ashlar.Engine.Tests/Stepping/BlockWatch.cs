namespace Ashlar.Engine.Tests.Stepping;

/// <summary>Looks at an engine's blocks again and again while it works, on a thread of its own.</summary>
internal sealed class BlockWatch : IDisposable
{
    private readonly InferenceEngine _engine;
    private readonly Thread _thread;
    private long _unused;
    private long _held; // places
    private volatile bool _isEnding;
    private volatile string? _problem;

    /// <summary>Begins to look.</summary>
    public BlockWatch(InferenceEngine engine)
    {
        _engine = engine;
        _thread = new(Look) { Name = "block watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How often blocks were held when it looked, each step counted once.</summary>
    public int Looks { get; private set; }

    /// <summary>The share of all places in held blocks that no token was computed for, over all looks.</summary>
    public double Waste => (double)_unused / Math.Max(1, _held);

    /// <summary>Ends, once the engine has nothing to do, and checks what was seen.</summary>
    public void End(int seed)
    {
        Dispose();
        Assert.True(_problem is null, $"seed {seed}: {_problem}");
        var statistics = _engine.Statistics;
        Assert.True(statistics.HeldBlocks == 0, $"seed {seed}: {statistics}");
    }

    public void Dispose()
    {
        _isEnding = true;
        _thread.Join();
    }

    private void Look()
    {
        for (long step = -1; !_isEnding; Thread.Sleep(1))
        {
            var seen = _engine.Statistics;
            if (seen.FreeBlocks + seen.EvictableBlocks + seen.HeldBlocks != seen.Blocks) _problem ??= $"{seen}";
            if (seen.UnusedSlots < 0 || seen.UnusedSlots > (long)seen.HeldBlocks * seen.BlockSize) _problem ??= $"{seen}";
            if (seen.Steps == step || seen.HeldBlocks == 0) continue;
            step = seen.Steps;
            Looks++;
            _unused += seen.UnusedSlots;
            _held += (long)seen.HeldBlocks * seen.BlockSize;
        }
    }
}
