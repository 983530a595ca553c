using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Runtime;

/// <summary>What of an attention's shape decides how its batches are cut.</summary>
/// <param name="Group">Heads that share a key head.</param>
/// <param name="KeyHeads">Heads of a key.</param>
/// <param name="BlockSize">Positions in a block of the cache.</param>
/// <param name="Window">How many positions a token sees, itself included; 0 for all.</param>
internal readonly record struct ItemShape(int Group, int KeyHeads, int BlockSize = 16, int Window = 0)
{
    /// <summary>
    /// How many chunks of the sequence's beginning all tokens of an item see whole, and end before the first of them; 0 where one
    /// does not see the beginning.
    /// </summary>
    public int ChunksBefore(CachedBatch batch, in AttentionItem item)
    {
        var position = batch.Positions[item.First];
        var seesBeginning = Window == 0 || position + PagedAttention.TokensPerItem <= Window;
        return seesBeginning ? position / PagedAttention.Chunk : 0;
    }
}
