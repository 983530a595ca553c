namespace Ashlar.Engine.Grammars.Matching;

/// <summary>Collects the readings of a state that is being made; the memory is used again and again.</summary>
internal sealed class ReadingSet
{
    private (int State, int Frame)[] _visited = new (int, int)[64];
    private (int State, int Frame)[] _items = new (int, int)[64];
    private int[] _table = new int[256]; // open addressing: an index, valid where the stamp is this collection's
    private int[] _stamps = new int[256];
    private int _stamp;
    private int _visitedCount;

    public int Count { get; private set; }

    public void Clear()
    {
        (Count, _visitedCount) = (0, 0);
        if (++_stamp != int.MaxValue) return;
        Array.Clear(_stamps);
        _stamp = 1;
    }

    /// <summary>Whether a reading is met for the first time; never, once very many were.</summary>
    public bool Visit(int state, int frame)
    {
        if (_visitedCount >= GrammarLimits.Readings * 4) return false;
        var mask = _table.Length - 1;
        var slot = Hash(state, frame) & mask;
        for (; _stamps[slot] == _stamp; slot = (slot + 1) & mask)
        {
            if (_visited[_table[slot]] == (state, frame)) return false;
        }

        if (_visitedCount == _visited.Length) Array.Resize(ref _visited, _visitedCount * 2);
        (_stamps[slot], _table[slot], _visited[_visitedCount]) = (_stamp, _visitedCount, (state, frame));
        _visitedCount++;
        if (_visitedCount * 2 > _table.Length) Rehash();
        return true;
    }

    /// <summary>Adds a reading, unless there are too many.</summary>
    public void Add(int state, int frame)
    {
        if (Count == GrammarLimits.Readings) return;
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        _items[Count++] = (state, frame);
    }

    /// <summary>The readings, in an order that does not depend on how they were met.</summary>
    public ReadOnlySpan<(int State, int Frame)> Sorted()
    {
        var items = _items.AsSpan(0, Count);
        // Most sets have a reading or two.
        if (items.Length > 16)
        {
            items.Sort();
            return items;
        }

        for (var i = 1; i < items.Length; i++)
        {
            var item = items[i];
            var j = i;
            for (; j > 0 && items[j - 1].CompareTo(item) > 0; j--) items[j] = items[j - 1];

            items[j] = item;
        }

        return items;
    }

    private static int Hash(int state, int frame)
    {
        var hash = (((uint)state * 0x9E3779B1) ^ (uint)frame) * 0x85EBCA6B;
        return (int)(hash ^ (hash >> 15));
    }

    private void Rehash()
    {
        (_table, _stamps) = (new int[_table.Length * 2], new int[_table.Length * 2]);
        var mask = _table.Length - 1;
        for (var i = 0; i < _visitedCount; i++)
        {
            var slot = Hash(_visited[i].State, _visited[i].Frame) & mask;
            while (_stamps[slot] == _stamp) slot = (slot + 1) & mask;
            (_stamps[slot], _table[slot]) = (_stamp, i);
        }
    }
}
