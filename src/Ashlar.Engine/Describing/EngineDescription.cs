namespace Ashlar.Engine;

/// <summary>What an engine works on, at one moment between two steps; no texts and no tokens, only their numbers.</summary>
public sealed record EngineDescription
{
    /// <summary>What the engine has done and does.</summary>
    public required EngineStatistics Statistics { get; init; }

    /// <summary>The sequences that run, in the order of their rank, and after them those that wait.</summary>
    public required IReadOnlyList<SequenceDescription> Sequences { get; init; }

    /// <summary>Sequences that are not listed, since there are so many.</summary>
    public int OmittedSequences { get; init; }

    /// <summary>The prefix tree's runs, parents before their children: those with the most tokens in and below them.</summary>
    public required IReadOnlyList<PrefixRun> Runs { get; init; }

    /// <summary>Runs that are not listed, since there are so many.</summary>
    public int OmittedRuns { get; init; }

    /// <summary>Blocks in the prefix tree.</summary>
    public int TreeBlocks { get; init; }
}
