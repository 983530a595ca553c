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

    // Symbol i covers the bytes from _starts[i]; -1 in _nexts and _previous ends the list. A symbol that was merged away keeps its
    // slot, with rank None.
    private int[] _starts = [];
    private int[] _ids = [];
    private int[] _nexts = [];
    private int[] _previous = [];
    private uint[] _ranks = []; // of the pair (i, next of i)
    private uint[] _blockRanks = []; // the least rank of each block
    private int[] _merges = [];
    private int _count;
    private int _end;
    private PriorityQueue<int, ulong>? _queue;

    /// <summary>Where symbol <paramref name="index"/> begins, counted from the beginning of the text.</summary>
    public int StartOf(int index) => _starts[index];

    /// <summary>Where symbol <paramref name="index"/> ends.</summary>
    public int EndOf(int index) => _nexts[index] < 0 ? _end : _starts[_nexts[index]];

    /// <summary>The token of a symbol, or -1.</summary>
    public int IdOf(int index) => _ids[index];

    /// <summary>The symbol behind a symbol, or -1; symbol 0 is always the first.</summary>
    public int Next(int index) => _nexts[index];

    /// <summary>Where the merged stretch ends.</summary>
    public int End => _end;

    /// <summary>Merges at most <paramref name="most"/> symbols of <paramref name="text"/> from <paramref name="start"/> on.</summary>
    public void Merge<TRules>(ReadOnlySpan<byte> text, int start, int most, bool byteSymbols, in TRules rules)
        where TRules : struct, IMergeRules
    {
        Reserve(Math.Min(most, text.Length - start));
        _count = 0;
        var at = start;
        while (at < text.Length && _count < most)
        {
            var length = 1;
            if (!byteSymbols && text[at] >= 0x80) CodePoints.Decode(text, at, out length);
            _starts[_count] = at;
            _ids[_count] = rules.Single(text.Slice(at, length));
            _previous[_count] = _count - 1;
            _nexts[_count] = ++_count;
            at += length;
        }

        _end = at;
        _nexts[_count - 1] = -1;
        if (byteSymbols)
        {
            for (var i = 0; i < _count - 1; i++) _ranks[i] = rules.RankOfBytes(text[start + i], text[start + i + 1], out _merges[i]);
            _ranks[_count - 1] = IMergeRules.None;
        }
        else
        {
            for (var i = 0; i < _count; i++) Rate(text, i, rules);
        }

        if (_count <= MostSearched) MergeBySearch(text, rules);
        else MergeByQueue(text, rules);
    }

    private void MergeBySearch<TRules>(ReadOnlySpan<byte> text, in TRules rules)
        where TRules : struct, IMergeRules
    {
        var blocks = (_count + Block - 1) / Block;
        var padded = (blocks + Vector256<uint>.Count - 1) / Vector256<uint>.Count * Vector256<uint>.Count;
        _ranks.AsSpan(_count..(blocks * Block)).Fill(IMergeRules.None);
        _blockRanks.AsSpan(blocks..padded).Fill(IMergeRules.None);
        for (var block = 0; block < blocks; block++) RateBlock(block);

        var blockRanks = _blockRanks.AsSpan(0, padded);
        while (true)
        {
            var least = Vector256.Create<uint>(blockRanks);
            for (var i = Vector256<uint>.Count; i < padded; i += Vector256<uint>.Count)
            {
                least = Vector256.Min(least, Vector256.Create<uint>(blockRanks[i..]));
            }

            var rank = Least(least);
            if (rank == IMergeRules.None) return;
            var first = blockRanks.IndexOf(rank) * Block;
            var index = first + _ranks.AsSpan(first, Block).IndexOf(rank);
            var (previous, gone) = (_previous[index], _nexts[index]);
            MergeAt(text, index, rules);
            RateBlock(first / Block);
            if (previous >= 0 && previous < first) RateBlock(previous / Block);
            if (gone >= first + Block) RateBlock(gone / Block);
        }
    }

    private void RateBlock(int block)
    {
        var ranks = _ranks.AsSpan(block * Block, Block);
        _blockRanks[block] = Least(Vector256.Min(Vector256.Create<uint>(ranks), Vector256.Create<uint>(ranks[Vector256<uint>.Count..])));
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
            // A pair that has changed since it was queued is stale, unless it now has the same rank: then it is due just the same.
            if (_ranks[index] != (uint)(priority >> 32)) continue;
            MergeAt(text, index, rules);
            Enqueue(queue, index);
            if (_previous[index] >= 0) Enqueue(queue, _previous[index]);
        }
    }

    private void Enqueue(PriorityQueue<int, ulong> queue, int index)
    {
        if (_ranks[index] != IMergeRules.None) queue.Enqueue(index, ((ulong)_ranks[index] << 32) | (uint)index);
    }

    private void MergeAt<TRules>(ReadOnlySpan<byte> text, int index, in TRules rules)
        where TRules : struct, IMergeRules
    {
        var gone = _nexts[index];
        var next = _nexts[gone];
        _ids[index] = rules.Merged(_merges[index]);
        _ranks[gone] = IMergeRules.None;
        _nexts[index] = next;
        if (next >= 0) _previous[next] = index;
        Rate(text, index, rules);
        if (_previous[index] >= 0) Rate(text, _previous[index], rules);
    }

    private void Rate<TRules>(ReadOnlySpan<byte> text, int index, in TRules rules)
        where TRules : struct, IMergeRules
    {
        var next = _nexts[index];
        _ranks[index] = next < 0
            ? IMergeRules.None
            : rules.Rank(_ids[index], _ids[next], text[_starts[index]..EndOf(next)], out _merges[index]);
    }

    private void Reserve(int symbols)
    {
        if (_starts.Length >= symbols) return;
        var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(symbols, Block * Vector256<uint>.Count));
        (_starts, _ids, _nexts, _previous) = (new int[capacity], new int[capacity], new int[capacity], new int[capacity]);
        (_ranks, _merges, _blockRanks) = (new uint[capacity], new int[capacity], new uint[capacity / Block]);
    }
}
