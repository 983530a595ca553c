using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Backends.Reference;

/// <summary>
/// Where the tokens of a ragged batch stand in their sequences, and where those lie in a paged cache; all of it checked.
/// </summary>
internal sealed unsafe class CachedTokens
{
    private readonly Attention _attention;
    private readonly TensorData _positions;
    private readonly TensorData _sequences;
    private readonly TensorData _table;

    public CachedTokens(Attention attention, TensorData positions, TensorData sequences, TensorData table, long rows)
    {
        (_attention, _positions, _sequences, _table) = (attention, positions, sequences, table);
        var (blocks, blockSize) = (table.Sizes[1], attention.BlockSize);
        for (long token = 0; token < positions.Elements; token++)
        {
            var sequence = RowIndex.Check(sequences.As<int>()[token], table.Sizes[0], "sequence");
            RowIndex.Check(positions.As<int>()[token], blocks * blockSize, "position");
            for (var block = First(token) / blockSize; block <= Position(token) / blockSize; block++)
            {
                RowIndex.Check(table.As<int>()[sequence * blocks + block], rows / blockSize, "block");
            }

            Pairs += Position(token) - First(token) + 1;
        }
    }

    /// <summary>How many positions all tokens see together.</summary>
    public long Pairs { get; }

    public long Position(long token) => _positions.As<int>()[token];

    /// <summary>The first position that a token sees.</summary>
    public long First(long token) => _attention.Window == 0 ? 0 : Math.Max(0, Position(token) - _attention.Window + 1);

    public bool Sees(long token, long position) => position <= Position(token) && position >= First(token);

    /// <summary>The row of the cache that holds a position of the token's sequence.</summary>
    public long Row(long token, long position)
    {
        var block = _table.As<int>()[_sequences.As<int>()[token] * _table.Sizes[1] + position / _attention.BlockSize];
        return (long)block * _attention.BlockSize + position % _attention.BlockSize;
    }

    /// <summary>
    /// Cuts the batch into runs of tokens that see some of the same positions of one sequence, at most so many at once.
    /// </summary>
    public (long Start, int Count)[] Runs(int most)
    {
        var runs = new List<(long Start, int Count)>();
        for (long token = 0; token < _positions.Elements; token++)
        {
            var joins = runs.Count > 0 && runs[^1].Count < most && _sequences.As<int>()[token] == _sequences.As<int>()[token - 1]
                && Position(token) == Position(token - 1) + 1;
            if (joins) runs[^1] = (runs[^1].Start, runs[^1].Count + 1);
            else runs.Add((token, 1));
        }

        return [.. runs];
    }
}
