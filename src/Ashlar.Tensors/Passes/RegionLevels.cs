namespace Ashlar.Tensors.Passes;

/// <summary>When regions run, once nothing more joins them: each as soon as all that it waits for has ended.</summary>
internal static class RegionLevels
{
    /// <summary>Gives regions their levels, sorts by them, and tells values from when to when they are needed.</summary>
    /// <param name="regions">The regions, in an order in which they can run.</param>
    /// <param name="isForMemory">Whether to keep little in memory, and not to run all as soon as possible.</param>
    public static void Set(List<Region> regions, bool isForMemory = false)
    {
        if (isForMemory) MemorySchedule.SetLevels(regions);
        else Climb(regions);
        regions.Sort((left, right) => left.Level.CompareTo(right.Level));
        foreach (var region in regions)
        {
            foreach (var value in region.Writes)
            {
                (value.FirstLevel, value.LastLevel) = (region.Level, Math.Max(value.LastLevel, region.Level));
            }

            foreach (var value in region.Reads) value.LastLevel = Math.Max(value.LastLevel, region.Level);
        }

        ShareStates(regions);
    }

    // Attention keeps states between its two regions; where one has ended, another uses the memory.
    private static void ShareStates(List<Region> regions)
    {
        var inUse = new List<int>(); // of each memory, until which level
        foreach (var attention in regions.OfType<AttentionRegion>().Where(region => region.Parts is not null))
        {
            var memory = inUse.FindIndex(level => level < attention.Parts!.Level);
            if (memory < 0) inUse.Add(0);
            attention.Parts!.Memory = memory = memory < 0 ? inUse.Count - 1 : memory;
            inUse[memory] = attention.Level;
        }
    }

    // By a queue: a graph may be deeper than a thread's stack.
    private static void Climb(List<Region> regions)
    {
        var waiting = regions.ToDictionary(region => region, region => region.After.Count);
        var users = regions.SelectMany(region => region.After.Select(before => (before, region)))
            .ToLookup(pair => pair.before, pair => pair.region);
        var ready = new Queue<Region>(regions.Where(region => region.After.Count == 0));
        foreach (var region in regions) region.Level = 0;
        while (ready.TryDequeue(out var region))
        {
            foreach (var user in users[region])
            {
                user.Level = Math.Max(user.Level, region.Level + 1);
                if (--waiting[user] == 0) ready.Enqueue(user);
            }
        }
    }
}
