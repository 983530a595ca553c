using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Tiers;

/// <summary>
/// Whether blocks are brought from below the cache sooner than they are computed, by how long both took. What is below counts as
/// fast until many blocks were slow: a disk may sleep, or wait for others. Where it was too slow, it is tried again later.
/// </summary>
internal sealed class BringingCost
{
    private const double Weight = 0.2; // of a new measurement of computing
    private const double Window = 64; // blocks that count for what bringing takes
    private const double TrustedBlocks = 16; // that count as brought in no time before any was
    private const double KeptByRefusal = 0.8; // of what bringing took

    private double _secondsToCompute; // a block
    private double _blocks = TrustedBlocks;
    private double _seconds; // that those blocks took

    /// <summary>A step computed tokens of prompts.</summary>
    public void LearnComputing(int tokens, TimeSpan took)
    {
        var measured = took.TotalSeconds / tokens * BlockCache.BlockSize;
        _secondsToCompute = _secondsToCompute == 0 ? measured : _secondsToCompute + Weight * (measured - _secondsToCompute);
    }

    /// <summary>Blocks were brought.</summary>
    public void LearnBringing(int blocks, TimeSpan took)
    {
        var kept = Math.Exp(-blocks / Window);
        (_blocks, _seconds) = (kept * _blocks + blocks, kept * _seconds + took.TotalSeconds);
    }

    /// <summary>Whether to bring blocks; each refusal makes the next less likely.</summary>
    public bool Pays()
    {
        if (_secondsToCompute == 0 || _seconds <= _secondsToCompute * _blocks) return true;
        _seconds *= KeptByRefusal;
        return false;
    }
}
