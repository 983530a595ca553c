namespace Ashlar.Engine;

/// <summary>
/// Blocks of the prefix tree that follow one another without a branch, and have the same number of users.
/// </summary>
public readonly record struct PrefixRun
{
    /// <summary>The place, in the list, of the run that this one follows; -1 for those that begin prompts.</summary>
    public int Parent { get; init; }

    /// <summary>Blocks of the run, 1 or more.</summary>
    public int Blocks { get; init; }

    /// <summary>Tokens of these blocks.</summary>
    public int Tokens { get; init; }

    /// <summary>Tokens of the run and of all runs below it, listed or not.</summary>
    public long TokensInAll { get; init; }

    /// <summary>Running sequences that use the run; 0 where it can be evicted.</summary>
    public int Users { get; init; }
}
