namespace Ashlar.Engine.Cache;

/// <summary>
/// The last events of the cache, to be read by any thread while the engine's writes on. Numbers go on without gaps; a reader that
/// asks for one that is gone learns it, and begins anew with what the tree holds.
/// </summary>
/// <param name="capacity">How many events are kept.</param>
internal sealed class KvEventLog(int capacity)
{
    private readonly Queue<KvEvent> _events = new(capacity);
    private readonly Lock _gate = new();
    private long _next;

    /// <summary>The number of the next event.</summary>
    public long Next
    {
        get
        {
            lock (_gate) return _next;
        }
    }

    public void Stored(BlockName block, BlockName parent, ReadOnlySpan<int> tokens) =>
        Add(new(0, KvEventKind.Stored, block.ToString(), parent.ToString(), tokens.ToArray()));

    public void Removed(BlockName block) => Add(new(0, KvEventKind.Removed, block.ToString()));

    public void Cleared() => Add(new(0, KvEventKind.Cleared));

    /// <summary>The events from a number on, as far as they are kept.</summary>
    /// <param name="from">The number of the first that is wanted.</param>
    /// <param name="most">How many are wanted at most.</param>
    /// <param name="isComplete">Whether none is missing.</param>
    public KvEvent[] Read(long from, int most, out bool isComplete)
    {
        lock (_gate)
        {
            var first = _next - _events.Count;
            isComplete = from >= first && from <= _next;
            return [.. _events.Skip((int)Math.Clamp(from - first, 0, _events.Count)).Take(most)];
        }
    }

    private void Add(KvEvent happened)
    {
        lock (_gate)
        {
            if (_events.Count == capacity) _events.Dequeue();
            _events.Enqueue(happened with { Sequence = _next++ });
        }
    }
}
