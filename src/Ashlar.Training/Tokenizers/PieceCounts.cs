using System.Numerics;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Training.Tokenizers;

/// <summary>How often each piece of text occurs: a table of byte strings that lie one behind another in one array.</summary>
internal sealed class PieceCounts
{
    private byte[] _bytes = new byte[1 << 16];
    private int[] _ends = new int[1 << 10];
    private uint[] _hashes = new uint[1 << 10];
    private long[] _counts = new long[1 << 10];
    private int[] _slots = new int[1 << 11]; // open addressing: index + 1, 0 where empty

    /// <summary>How many pieces there are.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes of all pieces.</summary>
    public int Bytes => Count == 0 ? 0 : _ends[Count - 1];

    /// <summary>A piece by its place, which has no meaning.</summary>
    public ReadOnlySpan<byte> this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : _ends[index - 1];
            return _bytes.AsSpan(start, _ends[index] - start);
        }
    }

    /// <summary>How often the piece at a place occurs.</summary>
    public long CountOf(int index) => _counts[index];

    /// <summary>Counts a piece.</summary>
    public void Add(ReadOnlySpan<byte> piece, long times = 1)
    {
        var hash = SeededHash.Of(piece);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            var found = _slots[slot] - 1;
            if (_hashes[found] != hash || !this[found].SequenceEqual(piece)) continue;
            _counts[found] += times;
            return;
        }

        _slots[slot] = Append(piece, hash, times) + 1;
        if (Count * 2 > _slots.Length) Widen();
    }

    /// <summary>Counts all that another table has.</summary>
    public void Add(PieceCounts other)
    {
        for (var i = 0; i < other.Count; i++) Add(other[i], other._counts[i]);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
    }

    /// <summary>
    /// The same without the rarest pieces, so that <see cref="Bytes"/> is at most half of <paramref name="limit"/>: which ones
    /// go depends on nothing but how often each occurs.
    /// </summary>
    public PieceCounts WithoutRarest(int limit)
    {
        var kept = (long)Bytes;
        long rarest = 0;
        var byCount = new SortedDictionary<long, long>();
        for (var i = 0; i < Count; i++) byCount[_counts[i]] = byCount.GetValueOrDefault(_counts[i]) + this[i].Length;
        foreach (var (count, bytes) in byCount)
        {
            if (kept <= limit / 2) break;
            (kept, rarest) = (kept - bytes, count);
        }

        var rest = new PieceCounts();
        for (var i = 0; i < Count; i++)
        {
            if (_counts[i] > rarest) rest.Add(this[i], _counts[i]);
        }

        return rest;
    }

    private int Append(ReadOnlySpan<byte> piece, uint hash, long times)
    {
        var start = Bytes;
        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
            Array.Resize(ref _hashes, Count * 2);
            Array.Resize(ref _counts, Count * 2);
        }

        if (_bytes.Length - start < piece.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_bytes.Length * 2L, (long)start + piece.Length)));
        }

        piece.CopyTo(_bytes.AsSpan(start));
        (_ends[Count], _hashes[Count], _counts[Count]) = (start + piece.Length, hash, times);
        return Count++;
    }

    private void Widen()
    {
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)_slots.Length * 2)];
        var mask = _slots.Length - 1;
        for (var i = 0; i < Count; i++)
        {
            var slot = (int)_hashes[i] & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
        }
    }
}
