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

    /// <summary>The token that a merge makes.</summary>
    int Merged(int merge);
}

/// <summary>Merges listed in order, each a pair of tokens: byte-pair encoding as GPT-2 has it.</summary>
internal readonly struct ListedMerges(Vocabulary vocabulary, MergeTable table, int[]? byteIds) : IMergeRules
{
    public int Single(ReadOnlySpan<byte> symbol) =>
        byteIds is not null ? byteIds[symbol[0]] : vocabulary.TryFind(symbol, out var id) ? id : -1;

    public uint Rank(int left, int right, ReadOnlySpan<byte> both, out int merge)
    {
        var rank = table.Rank(left, right);
        merge = (int)rank;
        return rank;
    }

    public int Merged(int merge) => table.Merged(merge);
}

/// <summary>Any two neighbours whose text together is a token may merge, best score first: SentencePiece's byte-pair encoding.</summary>
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

    public int Merged(int merge) => merge;
}
