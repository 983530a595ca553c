namespace Ashlar.Tensors.Passes;

/// <summary>When regions run, once nothing more joins them: each as soon as all that it waits for has ended.</summary>
internal static class RegionLevels
{
    /// <summary>Gives regions their levels, sorts by them, and tells values from when to when they are needed.</summary>
    public static void Set(List<Region> regions)
    {
        Climb(regions);
        regions.Sort((left, right) => left.Level.CompareTo(right.Level));
        foreach (var region in regions)
        {
            foreach (var value in region.Writes)
            {
                (value.FirstLevel, value.LastLevel) = (region.Level, Math.Max(value.LastLevel, region.Level));
            }

            foreach (var value in region.Reads) value.LastLevel = Math.Max(value.LastLevel, region.Level);
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
