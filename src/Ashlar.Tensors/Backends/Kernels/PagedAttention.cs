namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Causal attention over a paged cache, as <see cref="Operations.Attention"/> defines it, with the cache as
/// <see cref="CacheStore"/> lays it out. The bits of a token's result depend on its query and on what its sequence has cached,
/// never on the tokens beside it, nor on how the work is cut.
/// <para>Softmax and values of a span of positions are gathered chunk by chunk into a state: the largest score, sums of weights,
/// weighted sums of values. The states of the spans are put together in their order. So a span, or its first chunks, may be
/// computed apart from the rest: by other threads, or once for several sequences whose blocks are the same there.</para>
/// <para>Range: items times key heads; number i is item <c>i / KeyHeads</c>, key head <c>i % KeyHeads</c>, and computes all heads
/// that share the key head. Arguments: queries (tokens, Heads, Size) F32; cached keys; cached values; positions (tokens) I32;
/// sequences (tokens) I32; block table (sequences, blocks) I32; blocks in a row of the table; sinks (Heads) F32 or 0; output
/// (tokens, Heads, ValueSize) F32; items, as <see cref="AttentionItem"/>; the list of their tokens, I32: of an item with results
/// those of one sequence at successive positions, of a part any whose sequences have the same blocks in its positions; for each
/// token the number of its first state, I32; states, <see cref="PagedAttentionShape.StateFloats"/> F32 for each of (states,
/// Heads): the state of a token's span s has the number of its first one plus s.</para>
/// </summary>
internal sealed class PagedAttention(PagedAttentionShape shape) : KernelSpecification
{
    /// <summary>The most tokens of an item.</summary>
    public const int TokensPerItem = 16;

    /// <summary>Positions between which the softmax is put together anew: chunks begin at multiples of it.</summary>
    public const int Chunk = 128;

    /// <summary>Positions of a span, which begins at a multiple of it.</summary>
    public const int Span = 4 * Chunk;

    public PagedAttentionShape Shape => shape;

    public override int ArgumentCount => 13;

    public override string Key { get; } = $"attention {shape}";
}
