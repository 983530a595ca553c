namespace Ashlar.Tensors.Passes;

/// <summary>
/// An order of regions that keeps little in memory, for graphs whose sizes are all constant: one region after the other, always
/// one by which what is alive grows least; of equal ones that with the longest way to the end behind it. What a region alone
/// waits for, such as an operand that is packed for it, is taken with it. Neighbours that wait for none of each other run at
/// once where that costs no memory.
/// </summary>
internal sealed class MemorySchedule
{
    // A region and what must run before it are taken together up to this many.
    private const int MostTogether = 4;

    // Less than this is no memory.
    private const long Small = 1 << 18;

    private readonly List<Region> _regions;
    private readonly int[][] _before;
    private readonly int[] _height; // (regions) the longest way to the end
    private readonly bool[] _isDone, _isAlone; // whether a region is worth running without one that reads its results
    private readonly int[][] _reads; // (regions, any) numbers of values in the arena
    private readonly long[] _written; // (regions) bytes in the arena
    private readonly Dictionary<Value, int> _numbers = [];
    private readonly List<long> _bytes = [];
    private readonly List<int> _readers = []; // (values) regions that are not done and read it
    private readonly List<int> _together = [];

    private MemorySchedule(List<Region> regions)
    {
        _regions = regions;
        var number = regions.Index().ToDictionary(item => item.Item, item => item.Index);
        _before = [.. regions.Select(region => region.After.Select(before => number[before]).ToArray())];
        _height = Heights(_before);
        _isDone = new bool[regions.Count];
        var isNeeded = regions.SelectMany(region => region.After).ToHashSet();
        _isAlone = [.. regions.Select(region => !isNeeded.Contains(region)
            || (region.After.Count > 0 && region is not (RightPackingRegion or PairRowsRegion)))];
        _reads = [.. regions.Select(region => region.Reads.Distinct().Where(IsInArena).Select(NumberOf).ToArray())];
        _written = [.. regions.Select(region => region.Writes.Where(IsInArena).Sum(value => _bytes[NumberOf(value)]))];
        foreach (var value in _reads.SelectMany(values => values)) _readers[value]++;
    }

    /// <summary>Gives regions their levels.</summary>
    public static void SetLevels(List<Region> regions)
    {
        var schedule = new MemorySchedule(regions);
        var order = schedule.Order();
        foreach (var value in schedule._reads.SelectMany(values => values)) schedule._readers[value]++;
        schedule.Join(order);
    }

    private static bool IsInArena(Value value) => value.Storage == Storage.Arena;

    private int NumberOf(Value value)
    {
        if (_numbers.TryGetValue(value, out var number)) return number;
        _bytes.Add(value.Bytes.Value);
        _readers.Add(0);
        return _numbers[value] = _bytes.Count - 1;
    }

    // From those that nothing waits for; by counting who has not been seen yet, as a graph may be deeper than a stack.
    private static int[] Heights(int[][] before)
    {
        var (heights, users) = (new int[before.Length], new int[before.Length]);
        foreach (var region in before.SelectMany(regions => regions)) users[region]++;
        var ready = new Queue<int>(Enumerable.Range(0, before.Length).Where(i => users[i] == 0));
        while (ready.TryDequeue(out var region))
        {
            foreach (var earlier in before[region])
            {
                heights[earlier] = Math.Max(heights[earlier], heights[region] + 1);
                if (--users[earlier] == 0) ready.Enqueue(earlier);
            }
        }

        return heights;
    }

    private List<int> Order()
    {
        var order = new List<int>();
        while (order.Count < _regions.Count)
        {
            var (best, least) = (-1, long.MaxValue);
            for (var i = 0; i < _regions.Count; i++)
            {
                if (_isDone[i] || !_isAlone[i] || !Collect(i)) continue;
                var growth = Growth();
                if (growth < least || (growth == least && _height[i] > _height[best])) (best, least) = (i, growth);
            }

            // Where all that is left waits for more than is taken together, the first that waits for nothing.
            if (best < 0) best = Enumerable.Range(0, _regions.Count).First(i => !_isDone[i] && _before[i].All(j => _isDone[j]));
            Collect(best);
            foreach (var i in _together)
            {
                _isDone[i] = true;
                foreach (var value in _reads[i]) _readers[value]--;
                order.Add(i);
            }
        }

        return order;
    }

    // A region behind all that must run before it; not where these are too many.
    private bool Collect(int region)
    {
        _together.Clear();
        return Add(region, MostTogether);
    }

    private bool Add(int region, int depth)
    {
        if (_together.Contains(region)) return true;
        if (depth == 0) return false;
        foreach (var before in _before[region])
        {
            if (!_isDone[before] && !Add(before, depth - 1)) return false;
        }

        _together.Add(region);
        return _together.Count <= MostTogether;
    }

    private long Growth()
    {
        long growth = 0;
        foreach (var i in _together)
        {
            growth += _written[i];
            foreach (var value in _reads[i])
            {
                var here = 0;
                foreach (var j in _together) here += Array.IndexOf(_reads[j], value) >= 0 ? 1 : 0;
                if (_readers[value] == here && FirstReader(value) == i) growth -= _bytes[value];
            }
        }

        return growth;
    }

    private int FirstReader(int value)
    {
        foreach (var i in _together)
        {
            if (Array.IndexOf(_reads[i], value) >= 0) return i;
        }

        return -1;
    }

    private void Join(List<int> order)
    {
        var level = -1;
        var (together, freed) = (new List<int>(), 0L);
        foreach (var i in order)
        {
            var isApart = together.Count > 0 && !_before[i].Any(together.Contains) && (freed < Small || _written[i] < Small);
            if (!isApart)
            {
                level++;
                together.Clear();
                freed = 0;
            }

            together.Add(i);
            _regions[i].Level = level;
            foreach (var value in _reads[i])
            {
                if (--_readers[value] == 0) freed += _bytes[value];
            }
        }
    }
}
