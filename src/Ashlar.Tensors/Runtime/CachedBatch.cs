namespace Ashlar.Tensors.Runtime;

/// <summary>The tokens of a run, and where their sequences lie in the cache.</summary>
/// <param name="positions">The position of each token.</param>
/// <param name="sequences">The sequence of each token.</param>
/// <param name="table">The block table (sequences, <paramref name="blocks"/>).</param>
/// <param name="blocks">Blocks in a row of the table.</param>
internal readonly ref struct CachedBatch(
    ReadOnlySpan<int> positions, ReadOnlySpan<int> sequences, ReadOnlySpan<int> table, int blocks)
{
    private readonly ReadOnlySpan<int> _sequences = sequences;
    private readonly ReadOnlySpan<int> _table = table;
    private readonly int _blocks = blocks;

    public int Tokens => Positions.Length;

    /// <summary>The position of each token.</summary>
    public ReadOnlySpan<int> Positions { get; } = positions;

    /// <summary>Whether a token, not the first, stands right behind the one before it in one sequence.</summary>
    public bool Follows(int token) =>
        _sequences[token] == _sequences[token - 1] && Positions[token] == Positions[token - 1] + 1;

    /// <summary>Some of the blocks of a token's sequence.</summary>
    public ReadOnlySpan<int> BlocksOf(int token, int first, int count) =>
        _table.Slice(checked(_sequences[token] * _blocks + first), count);
}
