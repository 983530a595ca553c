namespace Ashlar.Tensors.Passes;

/// <summary>A part of a graph that becomes one kernel, or one call of the reference backend.</summary>
internal abstract class Region
{
    /// <summary>The nodes that it computes, inputs before their users.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>What it reads, beside weights.</summary>
    public List<Value> Reads { get; } = [];

    /// <summary>What it writes.</summary>
    public List<Value> Writes { get; } = [];

    /// <summary>What it reads and writes anew, in its place.</summary>
    public List<Value> Changes { get; } = [];

    /// <summary>Regions that must have ended before it begins.</summary>
    public HashSet<Region> After { get; } = [];

    /// <summary>When it runs: regions of one level run at once, after those of the levels below.</summary>
    public int Level { get; set; }

    /// <summary>The last name among its nodes, for the plan's text; null where none has one.</summary>
    public string? Label => Nodes.LastOrDefault(node => node.Label is not null)?.Label;
}
