namespace Ashlar.Engine.Cache;

/// <summary>What happened to a block of the cache.</summary>
public enum KvEventKind
{
    /// <summary>It is full, and found by requests that begin with its tokens.</summary>
    Stored,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>All are gone.</summary>
    Cleared,
}
