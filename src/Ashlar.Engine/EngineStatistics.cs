namespace Ashlar.Engine;

/// <summary>What an engine has done and does, at one moment between two steps.</summary>
public readonly record struct EngineStatistics
{
    /// <summary>Sequences that run.</summary>
    public int Running { get; init; }

    /// <summary>Requests that wait.</summary>
    public int Waiting { get; init; }

    /// <summary>Blocks of the cache; free, evictable and held ones together.</summary>
    public int Blocks { get; init; }

    /// <summary>Blocks without content.</summary>
    public int FreeBlocks { get; init; }

    /// <summary>Blocks that hold the beginning of some earlier sequence, and can be taken.</summary>
    public int EvictableBlocks { get; init; }

    /// <summary>Blocks that running sequences use.</summary>
    public int HeldBlocks { get; init; }

    /// <summary>Tokens of a block.</summary>
    public int BlockSize { get; init; }

    /// <summary>Places in held blocks that no token is computed for yet.</summary>
    public long UnusedSlots { get; init; }

    /// <summary>Steps that were made.</summary>
    public long Steps { get; init; }

    /// <summary>Tokens that were computed, of prompts and outputs.</summary>
    public long ComputedTokens { get; init; }

    /// <summary>Tokens that were generated.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Tokens that were guessed ahead.</summary>
    public long GuessedTokens { get; init; }

    /// <summary>Tokens of these that were right.</summary>
    public long RightlyGuessedTokens { get; init; }

    /// <summary>Tokens that were looked for in the cache.</summary>
    public long SoughtTokens { get; init; }

    /// <summary>Tokens that were found in the cache.</summary>
    public long FoundTokens { get; init; }

    /// <summary>Tokens that were found on disk besides.</summary>
    public long FoundOnDiskTokens { get; init; }

    /// <summary>Tokens that were found at other engines besides.</summary>
    public long FoundAtPeersTokens { get; init; }

    /// <summary>How often a sequence gave its place to another.</summary>
    public long Preemptions { get; init; }

    /// <summary>How long the last step took.</summary>
    public TimeSpan LastStep { get; init; }

    /// <summary>How long ago the last step ended, or the engine began.</summary>
    public TimeSpan SinceLastStep { get; init; }
}
