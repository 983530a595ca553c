using Ashlar.Tensors.Backends.Kernels;

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

    /// <summary>Regions that must have ended before it begins.</summary>
    public HashSet<Region> After { get; } = [];

    /// <summary>When it runs: regions of one level may run at once.</summary>
    public int Level { get; set; }

    /// <summary>The largest name among its nodes, for the plan's text.</summary>
    public string? Label => Nodes.LastOrDefault(node => node.Label is not null)?.Label;
}

/// <summary>A region that a kernel computes.</summary>
internal abstract class KernelRegion : Region
{
    /// <summary>The kernel for a number of rows.</summary>
    /// <param name="rows">What <see cref="Rows"/> is in the run; matters only where kernels are made for classes of it.</param>
    public abstract KernelSpecification Specification(long rows);

    /// <summary>The rows that the kernel for a run is chosen by.</summary>
    public abstract Dim Rows { get; }

    /// <summary>The range that is split among threads.</summary>
    public abstract Extent Range { get; }

    /// <summary>The kernel's arguments.</summary>
    public abstract IEnumerable<Slot> Arguments { get; }

    /// <summary>Operations of a run, two for each multiply-add.</summary>
    public abstract Dim Operations { get; }

    /// <summary>Bytes of weights that a run reads, as they are packed.</summary>
    public virtual long WeightBytes => 0;
}

/// <summary>A region that reads packed weights.</summary>
internal interface IWeighted
{
    /// <summary>The weights.</summary>
    WeightMatrix Matrix { get; }
}

/// <summary>A number that is known when a plan runs: a size, or the length of a list that is prepared for the run, times a factor.</summary>
/// <param name="Size">The size; where a list is meant, what multiplies its length.</param>
/// <param name="List">The list, or null.</param>
internal readonly record struct Extent(Dim Size, Preparation? List = null);

/// <summary>One argument of a kernel.</summary>
internal abstract record Slot
{
    /// <summary>The address of a value, some bytes on.</summary>
    public sealed record Address(Value Value, long Bytes = 0) : Slot;

    /// <summary>A number known now.</summary>
    public sealed record Number(long Constant) : Slot;

    /// <summary>A size known when the plan runs.</summary>
    public sealed record Count(Dim Size) : Slot;

    /// <summary>The address of packed weights.</summary>
    public sealed record Weights(WeightMatrix Matrix) : Slot;

    /// <summary>The address of what is prepared before each run.</summary>
    public sealed record Prepared(Preparation Preparation) : Slot;
}

/// <summary>A matrix of weights that is repacked when the plan is loaded.</summary>
internal sealed record WeightMatrix(TensorData Data, DType Type, long K, long N, int Matrices = 1);

/// <summary>What is prepared on the host before each run.</summary>
internal abstract record Preparation
{
    /// <summary>Runs of neighbouring tokens for attention.</summary>
    public sealed record Items(Value Positions, Value Sequences, int Group, int KeyHeads) : Preparation;

    /// <summary>Cosines and sines of all positions.</summary>
    public sealed record Angles(TensorData Frequencies, double Magnitude, Value Positions) : Preparation;
}

/// <summary>A node that the reference backend computes, because no kernel does.</summary>
internal sealed class ReferenceRegion : Region
{
    /// <summary>The value of each of the node's inputs.</summary>
    public List<Value> Operands { get; } = [];
}
