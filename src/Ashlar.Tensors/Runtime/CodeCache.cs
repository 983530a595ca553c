namespace Ashlar.Tensors.Runtime;

/// <summary>
/// The kernels that were made, by what they were made of. Bounded: the least recently used go first. A kernel that has gone stays
/// valid for whoever refers to it, and its memory is freed when nobody does. Thread-safe.
/// </summary>
/// <param name="maximumBytes">The most memory that the kernels' code may take; one kernel may take more.</param>
/// <param name="maximumCount">The most kernels.</param>
internal sealed class CodeCache(long maximumBytes = 64 << 20, int maximumCount = 8192)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(InstructionSet Set, string Key), Entry> _entries = [];
    private readonly LinkedList<Entry> _byUse = []; // the most recently used first; those that are made
    private long _bytes;

    /// <summary>The cache of the process.</summary>
    public static CodeCache Shared { get; } = new();

    /// <summary>The memory of the kernels' code.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    /// <summary>How many kernels there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _byUse.Count;
        }
    }

    /// <summary>The kernel of this key, made where there is none. Who asks for the same meanwhile waits for it.</summary>
    /// <param name="set">What the kernel may be made of.</param>
    /// <param name="key">All else that decides its code.</param>
    /// <param name="make">Makes it. It may throw: then nothing is kept, and whoever waited gets the exception too.</param>
    public Kernel GetOrAdd(InstructionSet set, string key, Func<Kernel> make)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue((set, key), out entry)) _entries[(set, key)] = entry = new Entry((set, key), make);
            else if (entry.Place.List is not null) Touch(entry);
        }

        try
        {
            var kernel = entry.Kernel.Value;
            lock (_lock) Keep(entry, kernel.CodeBytes);
            return kernel;
        }
        catch
        {
            lock (_lock) Forget(entry);
            throw;
        }
    }

    private void Touch(Entry entry)
    {
        _byUse.Remove(entry.Place);
        _byUse.AddFirst(entry.Place);
    }

    private void Keep(Entry entry, long bytes)
    {
        // Another thread may have kept it already, and it may even have gone since.
        if (entry.IsKept) return;
        entry.IsKept = true;
        _byUse.AddFirst(entry.Place);
        _bytes += bytes;
        while (_byUse.Count > 1 && (_bytes > maximumBytes || _byUse.Count > maximumCount))
        {
            var last = _byUse.Last!.Value;
            _byUse.RemoveLast();
            _bytes -= last.Kernel.Value.CodeBytes;
            Forget(last);
        }
    }

    private void Forget(Entry entry)
    {
        if (_entries.TryGetValue(entry.Key, out var present) && present == entry) _entries.Remove(entry.Key);
    }

    private sealed class Entry
    {
        public Entry((InstructionSet Set, string Key) key, Func<Kernel> make)
        {
            Key = key;
            Kernel = new Lazy<Kernel>(make);
            Place = new LinkedListNode<Entry>(this);
        }

        public (InstructionSet Set, string Key) Key { get; }

        public Lazy<Kernel> Kernel { get; }

        public LinkedListNode<Entry> Place { get; }

        public bool IsKept { get; set; }
    }
}
