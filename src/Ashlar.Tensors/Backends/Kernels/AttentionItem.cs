using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// A piece of attention: some tokens over some positions. It ends in results, or, as a part, in states from which the items of
/// the next stage go on.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AttentionItem
{
    /// <summary>I32 numbers of an item.</summary>
    public const int Numbers = 8;

    /// <summary>Where its tokens begin in the list of tokens.</summary>
    public int First;

    /// <summary>How many tokens it has, at most <see cref="PagedAttention.TokensPerItem"/>.</summary>
    public int Tokens;

    /// <summary>The first position to compute, a multiple of <see cref="PagedAttention.Chunk"/>; 0 to begin where the first token
    /// sees first. Where it is not 0, the tokens see everything before it.</summary>
    public int Begin;

    /// <summary>-1 where each token ends at itself; for a part, its last position, at the end of a chunk that all see.</summary>
    public int Last;

    /// <summary>How many whole spans before <see cref="Begin"/> are put together from their states.</summary>
    public int Spans;

    /// <summary>1 where the span of <see cref="Begin"/> goes on from its state; 0 where it begins there.</summary>
    public int GoesOn;

    /// <summary>For a part, the span whose state it writes; else 0.</summary>
    public int Span;

    /// <summary>0.</summary>
    public int Unused;
}
