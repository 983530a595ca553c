namespace Ashlar.Engine.Grammars;

/// <summary>
/// The bounds of compiling and matching. What exceeds one is a <see cref="GrammarException"/> that says so; the last ones bound
/// caches and cost speed only.
/// </summary>
internal static class GrammarLimits
{
    /// <summary>Characters of a schema, pattern or grammar.</summary>
    public const int SourceLength = 1 << 20;

    /// <summary>How deep the JSON of a schema, or the groups of a pattern or grammar, may be nested.</summary>
    public const int Nesting = 128;

    /// <summary>States of one automaton of a pattern, before and after it is made deterministic.</summary>
    public const int AutomatonStates = 40_000;

    /// <summary>States of the whole grammar.</summary>
    public const int NetworkStates = 250_000;

    /// <summary>Edges of the whole grammar.</summary>
    public const int NetworkEdges = 1_500_000;

    /// <summary>Elementary steps of compiling: some hundreds of milliseconds.</summary>
    public const long Work = 4_000_000;

    /// <summary>Milliseconds after which compiling ends, however few steps it made: where others keep the processor.</summary>
    public const int Milliseconds = 3000;

    /// <summary>Alternatives that one place of a schema may have after allOf, anyOf and oneOf are multiplied out.</summary>
    public const int Alternatives = 256;

    /// <summary>
    /// Readings of one text that are followed side by side. More are dropped, the latest first: an ambiguous grammar then allows
    /// less than it might, and never what it should not.
    /// </summary>
    public const int Readings = 1024;

    /// <summary>Numbers in the cache of matching states, before it starts anew: 32 MiB.</summary>
    public const int CachedNumbers = 8 << 20;

    /// <summary>The same for a grammar that is in use but that no cache holds any more.</summary>
    public const int CachedNumbersOfForgotten = CachedNumbers / 16;

    /// <summary>Bytes of all grammars that a model's cache holds, with what matching has met of each.</summary>
    public const long CachedBytes = 256L << 20;

    /// <summary>Masks kept for states that were costly to walk.</summary>
    public const int CachedMasks = 384;
}
