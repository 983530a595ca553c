namespace Ashlar.Models.Tokenizers;

/// <summary>Says which two neighbouring symbols may be merged, and which merge comes first.</summary>
internal interface IMergeRules
{
    /// <summary>The rank of a pair that has no merge.</summary>
    const uint None = uint.MaxValue;

    /// <summary>The token that a single symbol is, or -1.</summary>
    int Single(ReadOnlySpan<byte> symbol);

    /// <summary>The rank of merging two neighbours (less comes first), or <see cref="None"/>.</summary>
    /// <param name="left">The token on the left, or -1.</param>
    /// <param name="right">The token on the right, or -1.</param>
    /// <param name="both">The text of both together.</param>
    /// <param name="merge">What <see cref="Merged"/> needs.</param>
    uint Rank(int left, int right, ReadOnlySpan<byte> both, out int merge);

    /// <summary>As <see cref="Rank"/>, for two bytes as the text has them.</summary>
    uint RankOfBytes(byte left, byte right, out int merge);

    /// <summary>The token that a merge makes.</summary>
    int Merged(int merge);
}

/// <summary>Merges listed in order, each a pair of tokens: byte-pair encoding as GPT-2 has it.</summary>
internal readonly struct ListedMerges : IMergeRules
{
    private readonly Vocabulary _vocabulary;
    private readonly MergeTable _table;
    private readonly int[]? _byteIds;
    private readonly uint[]? _bytePairs; // the rank of each pair of bytes: half of all look-ups are of these

    /// <param name="vocabulary">The tokens.</param>
    /// <param name="table">The merges.</param>
    /// <param name="byteIds">The tokens of single bytes, -1 where there is none; null where merging begins from
    /// characters.</param>
    public ListedMerges(Vocabulary vocabulary, MergeTable table, int[]? byteIds)
    {
        (_vocabulary, _table, _byteIds) = (vocabulary, table, byteIds);
        if (byteIds is null) return;
        _bytePairs = new uint[1 << 16];
        for (var pair = 0; pair < _bytePairs.Length; pair++)
        {
            _bytePairs[pair] = table.Rank(byteIds[pair >> 8], byteIds[pair & 0xFF]);
        }
    }

    public int Single(ReadOnlySpan<byte> symbol) =>
        _byteIds is not null ? _byteIds[symbol[0]] : _vocabulary.TryFind(symbol, out var id) ? id : -1;

    public uint Rank(int left, int right, ReadOnlySpan<byte> both, out int merge)
    {
        var rank = _table.Rank(left, right);
        merge = (int)rank;
        return rank;
    }

    public uint RankOfBytes(byte left, byte right, out int merge)
    {
        var rank = _bytePairs![(left << 8) | right];
        merge = (int)rank;
        return rank;
    }

    public int Merged(int merge) => _table.Merged(merge);
}

/// <summary>
/// Any two neighbours whose text together is a token may merge, best score first: SentencePiece's byte-pair encoding.
/// </summary>
internal readonly struct ScoredMerges(Vocabulary vocabulary) : IMergeRules
{
    public int Single(ReadOnlySpan<byte> symbol) => vocabulary.TryFind(symbol, out var id) ? id : -1;

    public uint Rank(int left, int right, ReadOnlySpan<byte> both, out int merge)
    {
        if (!vocabulary.TryFind(both, out merge)) return IMergeRules.None;

        // The order of binary32 as integers, upside down; the worst of them all stays below None.
        var bits = BitConverter.SingleToInt32Bits(vocabulary.ScoreOf(merge));
        var ascending = bits < 0 ? ~(uint)bits : (uint)bits | 0x8000_0000;
        return Math.Min(~ascending, IMergeRules.None - 1);
    }

    public uint RankOfBytes(byte left, byte right, out int merge) => Rank(-1, -1, [left, right], out merge);

    public int Merged(int merge) => merge;
}
