using System.Numerics;
using System.Runtime.Intrinsics;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The symbols of a stretch of text, merged greedily: of all neighbours the pair of least rank first, the leftmost of equals.
/// The least rank is searched for with vector compares: first among the least of each block of ranks, then in its block. So
/// many symbols that even this takes long are kept in a priority queue.
/// </summary>
internal sealed class MergeWindow
{
    private const int MostSearched = 4096;
    private const int Block = 16;

    private Symbol[] _symbols = [];
    private uint[] _ranks = []; // of the pair that a symbol makes with the next; None for a symbol that was merged away
    private uint[] _blockRanks = []; // the least rank of each block
    private int _count;
    private PriorityQueue<int, ulong>? _queue;

    /// <summary>Where the merged stretch ends.</summary>
    public int End { get; private set; }

    /// <summary>Where symbol <paramref name="index"/> begins, counted from the beginning of the text.</summary>
    public int StartOf(int index) => _symbols[index].Start;

    /// <summary>Where symbol <paramref name="index"/> ends.</summary>
    public int EndOf(int index) => _symbols[index].End;

    /// <summary>The token of a symbol, or -1.</summary>
    public int IdOf(int index) => _symbols[index].Id;

    /// <summary>The symbol behind a symbol, or -1; symbol 0 is always the first.</summary>
    public int Next(int index) => _symbols[index].Next;

    /// <summary>
    /// Merges at most <paramref name="most"/> symbols of <paramref name="text"/> from <paramref name="start"/> on.
    /// </summary>
    public void Merge<TRules>(ReadOnlySpan<byte> text, int start, int most, bool byteSymbols, in TRules rules)
        where TRules : struct, IMergeRules
    {
        Reserve(Math.Min(most, text.Length - start));
        var symbols = _symbols.AsSpan();
        _count = 0;
        var at = start;
        while (at < text.Length && _count < most)
        {
            var length = 1;
            if (!byteSymbols && text[at] >= 0x80) CodePoints.Decode(text, at, out length);
            var id = rules.Single(text.Slice(at, length));
            symbols[_count] = new Symbol { Start = at, End = at + length, Id = id, Previous = _count - 1, Next = ++_count };
            at += length;
        }

        End = at;
        symbols[_count - 1].Next = -1;
        _ranks[_count - 1] = IMergeRules.None;
        for (var i = 0; i < _count - 1; i++)
        {
            ref var symbol = ref symbols[i];
            _ranks[i] = byteSymbols
                ? rules.RankOfBytes(text[symbol.Start], text[symbol.End], out symbol.Merge)
                : rules.Rank(symbol.Id, symbols[i + 1].Id, text[symbol.Start..symbols[i + 1].End], out symbol.Merge);
        }

        if (_count <= MostSearched) MergeBySearch(text, rules);
        else MergeByQueue(text, rules);
    }

    /// <summary>
    /// Does what <see cref="Merge"/> would from <paramref name="start"/> on, if the text there repeats that of another window:
    /// the same text has the same encoding. So a text that is one thing over and over costs little.
    /// </summary>
    public bool TryRepeat(MergeWindow other, ReadOnlySpan<byte> text, int start)
    {
        var length = other.End - other.StartOf(0);
        if (text.Length - start < length || !text.Slice(start, length).SequenceEqual(text.Slice(other.StartOf(0), length)))
        {
            return false;
        }

        Reserve(other._count);
        var shift = start - other.StartOf(0);
        for (var i = 0; i >= 0; i = other.Next(i))
        {
            var symbol = other._symbols[i];
            symbol.Start += shift;
            symbol.End += shift;
            _symbols[i] = symbol;
        }

        (_count, End) = (other._count, other.End + shift);
        return true;
    }

    private void MergeBySearch<TRules>(ReadOnlySpan<byte> text, in TRules rules)
        where TRules : struct, IMergeRules
    {
        var blocks = (_count + Block - 1) / Block;
        var padded = (blocks + Vector256<uint>.Count - 1) / Vector256<uint>.Count * Vector256<uint>.Count;
        var ranks = _ranks.AsSpan(0, blocks * Block);
        var blockRanks = _blockRanks.AsSpan(0, padded);
        ranks[_count..].Fill(IMergeRules.None);
        blockRanks[blocks..].Fill(IMergeRules.None);
        for (var block = 0; block < blocks; block++) RateBlock(ranks, blockRanks, block);

        while (true)
        {
            var least = Vector256.Create<uint>(blockRanks);
            for (var i = Vector256<uint>.Count; i < blockRanks.Length; i += Vector256<uint>.Count)
            {
                least = Vector256.Min(least, Vector256.Create<uint>(blockRanks[i..]));
            }

            var rank = Least(least);
            if (rank == IMergeRules.None) return;
            var block = blockRanks.IndexOf(rank);
            var index = (block * Block) + ranks.Slice(block * Block, Block).IndexOf(rank);
            var (previous, gone) = MergeAt(text, index, rules);
            RateBlock(ranks, blockRanks, block);
            if (previous >= 0 && (previous >>> 4) != block) RateBlock(ranks, blockRanks, previous >>> 4);
            if ((gone >>> 4) != block) RateBlock(ranks, blockRanks, gone >>> 4);
        }
    }

    private static void RateBlock(ReadOnlySpan<uint> ranks, Span<uint> blockRanks, int block)
    {
        ranks = ranks.Slice(block * Block, Block);
        blockRanks[block] = Least(
            Vector256.Min(Vector256.Create<uint>(ranks), Vector256.Create<uint>(ranks[Vector256<uint>.Count..])));
    }

    private static uint Least(Vector256<uint> ranks)
    {
        var four = Vector128.Min(ranks.GetLower(), ranks.GetUpper());
        var two = Vector128.Min(four, Vector128.Shuffle(four, Vector128.Create(2u, 3, 0, 1)));
        return Math.Min(two[0], two[1]);
    }

    private void MergeByQueue<TRules>(ReadOnlySpan<byte> text, in TRules rules)
        where TRules : struct, IMergeRules
    {
        var queue = _queue ??= new();
        queue.Clear();
        queue.EnsureCapacity(_count);
        for (var i = 0; i < _count; i++) Enqueue(queue, i);
        while (queue.TryDequeue(out var index, out var priority))
        {
            // A pair that has changed since it was queued is stale, unless it now has the same rank: then it is due just the
            // same.
            if (_ranks[index] != (uint)(priority >> 32)) continue;
            var (previous, _) = MergeAt(text, index, rules);
            Enqueue(queue, index);
            if (previous >= 0) Enqueue(queue, previous);
        }
    }

    private void Enqueue(PriorityQueue<int, ulong> queue, int index)
    {
        if (_ranks[index] != IMergeRules.None) queue.Enqueue(index, ((ulong)_ranks[index] << 32) | (uint)index);
    }

    // Merges a symbol with the next one; returns the symbol before, or -1, and the slot that is now empty.
    private (int Previous, int Gone) MergeAt<TRules>(ReadOnlySpan<byte> text, int index, in TRules rules)
        where TRules : struct, IMergeRules
    {
        var symbols = _symbols.AsSpan();
        var ranks = _ranks.AsSpan();
        ref var symbol = ref symbols[index];
        var gone = symbol.Next;
        symbol.Id = rules.Merged(symbol.Merge);
        symbol.End = symbols[gone].End;
        symbol.Next = symbols[gone].Next;
        ranks[gone] = IMergeRules.None;
        if (symbol.Next >= 0)
        {
            ref var next = ref symbols[symbol.Next];
            next.Previous = index;
            ranks[index] = rules.Rank(symbol.Id, next.Id, text[symbol.Start..next.End], out symbol.Merge);
        }
        else
        {
            ranks[index] = IMergeRules.None;
        }

        if (symbol.Previous >= 0)
        {
            ref var previous = ref symbols[symbol.Previous];
            ranks[symbol.Previous] = rules.Rank(previous.Id, symbol.Id, text[previous.Start..symbol.End], out previous.Merge);
        }

        return (symbol.Previous, gone);
    }

    private void Reserve(int symbols)
    {
        if (_symbols.Length >= symbols) return;
        var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(symbols, Block * Vector256<uint>.Count));
        (_symbols, _ranks, _blockRanks) = (new Symbol[capacity], new uint[capacity], new uint[capacity / Block]);
    }

    // A stretch of text that is one symbol. Symbols are a list through their slots; one that was merged away is left out of it.
    private struct Symbol
    {
        public int Start;
        public int End;
        public int Id; // of the token, or -1
        public int Next;
        public int Previous;
        public int Merge; // what the rules need to merge it with the next
    }
}
