namespace Ashlar.Tensors.Passes;

/// <summary>The regions of a graph that is being cut: which of them computes a node, and which waits for which.</summary>
/// <param name="views">Which nodes are computed by nobody.</param>
internal sealed class RegionOrder(Views views)
{
    private readonly Dictionary<Node, Region> _producers = [];
    private readonly HashSet<Region> _needed = []; // by other regions

    /// <summary>The regions, in an order in which they can run.</summary>
    public List<Region> Regions { get; } = [];

    /// <summary>The region that computes the memory in which a node's elements lie; null where it is given.</summary>
    public Region? ProducerOf(Node node) => _producers.GetValueOrDefault(views[node].Root);

    /// <summary>Adds a region that nothing waits for yet.</summary>
    public void Add(Region region) => Regions.Add(region);

    /// <summary>Says which region computes a node.</summary>
    public void SetProducer(Node node, Region region) => _producers[node] = region;

    /// <summary>Whether another region waits for this one.</summary>
    public bool IsNeeded(Region region) => _needed.Contains(region);

    /// <summary>Removes row programs that write nothing, because others have computed again what they did.</summary>
    public void RemoveUnused()
    {
        var unused = Regions.Where(region => region is RowRegion && region.Writes.Count == 0).ToHashSet();
        if (unused.Count == 0) return;
        Regions.RemoveAll(unused.Contains);
        foreach (var region in Regions) region.After.ExceptWith(unused);
    }

    /// <summary>Has a region wait for the one that computes a node.</summary>
    public void Require(Region region, Node node)
    {
        if (ProducerOf(node) is { } producer && producer != region) Require(region, producer);
    }

    /// <summary>Has a region wait for another.</summary>
    public void Require(Region region, Region producer)
    {
        region.After.Add(producer);
        _needed.Add(producer);
        region.Level = Math.Max(region.Level, producer.Level + 1);
    }
}
