using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// The tokens of a batch, cut into the items that <see cref="PagedAttention"/> takes: neighbours of one sequence at successive
/// positions. How they are cut decides nothing but speed. Memory is kept from run to run. Not thread-safe.
/// </summary>
internal sealed unsafe class AttentionItems : IDisposable
{
    /// <summary>Heads of tokens that one item has at most, unless one token has more: they should fit the second cache.</summary>
    private const int MostRows = 128;

    /// <summary>Pieces of work that a thread should find, so that none waits long for another.</summary>
    private const int PiecesPerThread = 4;

    private const int FewestTokens = 4;

    private NativeBlock? _memory;

    /// <summary>Pairs of first token and number of tokens, I32; valid until the next <see cref="Prepare"/>.</summary>
    public int* Pointer => (int*)(_memory is null ? null : _memory.Pointer);

    /// <summary>How many items there are.</summary>
    public long Count { get; private set; }

    /// <summary>
    /// Cuts a batch. Where it has little work, items are smaller, down to four tokens, so that all threads have some.
    /// </summary>
    /// <param name="positions">The position of each token.</param>
    /// <param name="sequences">The sequence of each token.</param>
    /// <param name="threads">How many threads share the work.</param>
    /// <param name="group">Heads that share a key head, where it is known.</param>
    /// <param name="keyHeads">Heads of a key, where it is known.</param>
    public void Prepare(
        ReadOnlySpan<int> positions, ReadOnlySpan<int> sequences, int threads, int group = 1, int keyHeads = 1)
    {
        var bytes = (long)positions.Length * 2 * sizeof(int); // as many items as tokens, at most
        if (_memory is null || _memory.Bytes < bytes)
        {
            var before = _memory?.Bytes ?? 0;
            Dispose(); // should there be no memory for more
            _memory = new NativeBlock(Math.Max(bytes, 2 * before));
        }

        var most = PagedAttention.TokensPerItem;
        while (most > 1 && most * group > MostRows) most /= 2;
        Fill(positions, sequences, most);
        while (most > FewestTokens && Count < positions.Length && Count * keyHeads < (long)threads * PiecesPerThread)
        {
            most /= 2;
            Fill(positions, sequences, most);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory?.Dispose();
        (_memory, Count) = (null, 0);
    }

    private void Fill(ReadOnlySpan<int> positions, ReadOnlySpan<int> sequences, int most)
    {
        var item = Pointer - 2;
        for (var token = 0; token < positions.Length; token++)
        {
            var joins = token > 0 && item[1] < most && sequences[token] == sequences[token - 1]
                && positions[token] == positions[token - 1] + 1;
            if (joins)
            {
                item[1]++;
                continue;
            }

            item += 2;
            (item[0], item[1]) = (token, 1);
        }

        Count = (item - Pointer) / 2 + 1;
    }
}
