using Ashlar.Engine.Cache;
using Ashlar.Engine.Stepping;

namespace Ashlar.Engine.Describing;

/// <summary>Looks at an engine between two steps, on its thread.</summary>
internal static class EngineView
{
    /// <summary>What runs, waits and is in the cache.</summary>
    /// <param name="scheduler">Who runs and waits.</param>
    /// <param name="cache">What holds the tree.</param>
    /// <param name="statistics">What the engine has done.</param>
    /// <param name="now">The time, in ticks of the engine's clock.</param>
    /// <param name="mostSequences">How many sequences are listed at most.</param>
    /// <param name="mostRuns">How many runs of the prefix tree are listed at most.</param>
    public static EngineDescription Of(
        Scheduler scheduler, BlockCache cache, EngineStatistics statistics, long now, int mostSequences, int mostRuns)
    {
        IReadOnlyList<Sequence>[] sequences = [scheduler.Running, scheduler.Loading, scheduler.Waiting];
        var (runs, omitted) = TreeRuns.Of(cache, mostRuns);
        return new()
        {
            Statistics = statistics,
            Sequences =
            [
                .. sequences.SelectMany(static some => some).Take(mostSequences).Select(sequence => sequence.Describe(now)),
            ],
            OmittedSequences = Math.Max(0, sequences.Sum(static some => some.Count) - mostSequences),
            Runs = runs,
            OmittedRuns = omitted,
            TreeBlocks = cache.Tree.Count,
        };
    }
}
