namespace Ashlar.Engine.Cache;

/// <summary>What happened to a block of the cache, for those who send requests to where their prefix is.</summary>
/// <param name="Sequence">The event's number; each is one more than the one before.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Block">The block's name, 32 digits of base 16; null where all was cleared.</param>
/// <param name="Parent">The name of the block before it, or of the root; null unless it was stored.</param>
/// <param name="Tokens">Its tokens; null unless it was stored.</param>
public sealed record KvEvent(
    long Sequence, KvEventKind Kind, string? Block = null, string? Parent = null, IReadOnlyList<int>? Tokens = null);
