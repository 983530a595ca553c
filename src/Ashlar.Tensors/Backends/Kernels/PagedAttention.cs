namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// Causal attention over a paged cache, as <see cref="Operations.Attention"/> defines it, with the cache as
/// <see cref="CacheStore"/> lays it out. The bits of a token's result depend on its query and on what its sequence has cached,
/// never on the tokens beside it.
/// <para>Range: items times key heads; number i is item <c>i / KeyHeads</c>, key head <c>i % KeyHeads</c>, and computes all heads
/// that share the key head. Arguments: queries (tokens, Heads, Size) F32; cached keys; cached values; positions (tokens) I32;
/// sequences (tokens) I32; block table (sequences, blocks) I32; blocks in a row of the table; sinks (Heads) F32 or 0; output
/// (tokens, Heads, ValueSize) F32; items, I32 pairs of first token and count: tokens of one sequence, at most
/// <see cref="TokensPerItem"/>, at successive positions.</para>
/// </summary>
internal sealed class PagedAttention(PagedAttentionShape shape) : KernelSpecification
{
    /// <summary>The most tokens of an item.</summary>
    public const int TokensPerItem = 16;

    public PagedAttentionShape Shape => shape;

    public override int ArgumentCount => 10;

    public override string Key { get; } = $"attention {shape}";
}
