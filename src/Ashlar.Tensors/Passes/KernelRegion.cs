using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

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

    /// <summary>
    /// How many tasks the range is at least cut into for each thread, as far as it goes: more than one, so that a thread that is
    /// held up holds up little.
    /// </summary>
    public virtual int TasksPerThread => 8;

    /// <summary>Bytes of weights that a run reads, as they are packed.</summary>
    public virtual long WeightBytes => 0;
}
