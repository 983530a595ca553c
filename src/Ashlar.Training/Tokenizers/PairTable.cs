using System.Runtime.InteropServices;

namespace Ashlar.Training.Tokenizers;

/// <summary>
/// Pairs of neighbouring tokens: how often each occurs, where, and which one comes next. A pair in the queue may have changed
/// since it was put there; it is looked at again when its turn comes, so that changing a count is cheap.
/// </summary>
internal sealed class PairTable
{
    private readonly Dictionary<ulong, int> _indices = [];
    private readonly PriorityQueue<ulong, (long Count, ulong Pair)> _queue = new(Comparer<(long Count, ulong Pair)>.Create(
        static (a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Pair.CompareTo(b.Pair)));

    private readonly Stack<int> _free = [];
    private Entry[] _entries = new Entry[1 << 10];
    private int _count;

    /// <summary>A pair as one number: in order of the left id, then of the right.</summary>
    public static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>Adds to the count of a pair, or takes from it.</summary>
    public void Change(ulong pair, long by) => EntryOf(pair).Count += by;

    /// <summary>Adds to the count of a pair that occurs at a place in the text.</summary>
    public void Add(ulong pair, long count, int place)
    {
        ref var entry = ref EntryOf(pair);
        entry.Count += count;
        if (entry.Used == entry.Places.Length) Array.Resize(ref entry.Places, Math.Max(4, entry.Used * 2));
        entry.Places[entry.Used++] = place;
    }

    /// <summary>Puts a pair into the queue.</summary>
    public void Enqueue(ulong pair)
    {
        var count = EntryOf(pair).Count;
        if (count > 0) _queue.Enqueue(pair, (count, pair));
    }

    /// <summary>Puts all pairs into the queue.</summary>
    public void EnqueueAll()
    {
        foreach (var (pair, index) in _indices) _queue.Enqueue(pair, (_entries[index].Count, pair));
    }

    /// <summary>
    /// Takes the pair that occurs most often, of several the one with the least key, and forgets it.
    /// </summary>
    /// <param name="least">How often it must occur.</param>
    /// <param name="pair">The pair.</param>
    /// <param name="places">Where it occurs, in order; some places may be out of date.</param>
    public bool TryTake(long least, out ulong pair, out ReadOnlySpan<int> places)
    {
        while (_queue.TryDequeue(out pair, out var priority))
        {
            if (!_indices.TryGetValue(pair, out var index)) continue;
            ref var entry = ref _entries[index];
            if (entry.Count != priority.Count)
            {
                Enqueue(pair);
                continue;
            }

            if (entry.Count < least) break;
            places = entry.Places.AsSpan(0, entry.Used);
            entry = default;
            _indices.Remove(pair);
            _free.Push(index);
            return true;
        }

        places = default;
        return false;
    }

    private ref Entry EntryOf(ulong pair)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(_indices, pair, out var exists);
        if (!exists)
        {
            if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
            if (!_free.TryPop(out index)) index = _count++;
            _entries[index].Places = [];
        }

        return ref _entries[index];
    }

    private struct Entry
    {
        public long Count;
        public int[] Places;
        public int Used;
    }
}
