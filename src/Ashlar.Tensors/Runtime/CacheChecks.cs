using Ashlar.Tensors.Backends.Reference;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Checks, before kernels run, of all indices by which they reach into a paged cache. Only what they use is read: the cost is
/// that of the tokens and of the blocks in use.
/// </summary>
internal static class CacheChecks
{
    /// <summary>Checks the rows of the cache that tokens are written to.</summary>
    /// <param name="slots">The row of each token.</param>
    /// <param name="rows">Rows of the cache.</param>
    /// <exception cref="InvalidOperationException">There is no such row.</exception>
    public static void Slots(ReadOnlySpan<int> slots, long rows)
    {
        foreach (var slot in slots) RowIndex.Check(slot, rows, "row");
    }

    /// <summary>Checks what tokens see of the cache.</summary>
    /// <param name="positions">The position of each token.</param>
    /// <param name="sequences">The sequence of each token.</param>
    /// <param name="table">The block table (sequences, <paramref name="blocks"/>).</param>
    /// <param name="blocks">Blocks in a row of the table.</param>
    /// <param name="blockSize">Positions in a block.</param>
    /// <param name="window">How many positions a token sees, itself included; 0 for all.</param>
    /// <param name="rows">Rows of the cache.</param>
    /// <exception cref="InvalidOperationException">There is no such sequence, position or block.</exception>
    public static void Tokens(
        ReadOnlySpan<int> positions, ReadOnlySpan<int> sequences, ReadOnlySpan<int> table, long blocks, int blockSize, int window,
        long rows)
    {
        var tableRows = blocks == 0 ? 0 : table.Length / blocks;
        var (before, pending) = (-1L, 0L); // the position before of the same sequence; its first block that was not checked
        for (var token = 0; token < positions.Length; token++)
        {
            var sequence = RowIndex.Check(sequences[token], tableRows, "sequence");
            var position = RowIndex.Check(positions[token], blocks * blockSize, "position");
            var block = (window == 0 ? 0 : Math.Max(0, position - window + 1)) / blockSize;
            var isNext = token > 0 && sequences[token - 1] == sequence && before + 1 == position;
            if (isNext) block = Math.Max(block, pending);
            for (; block <= position / blockSize; block++)
            {
                RowIndex.Check(table[checked((int)(sequence * blocks + block))], rows / blockSize, "block");
            }

            (before, pending) = (position, block);
        }
    }
}
