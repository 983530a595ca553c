namespace Ashlar.Tensors.Backends.Kernels;

/// <summary>
/// What a kernel computes, in full: a backend makes one kernel of a specification, and two with the same key are the same kernel.
/// Each kind says what its range counts and which arguments it takes, in their order; every argument is 64 bits, an address or a
/// count. Rows and columns that calls with disjoint ranges write are disjoint.
/// </summary>
internal abstract class KernelSpecification
{
    /// <summary>All that decides the code, as text: the key of the code cache, and a line in the plan.</summary>
    public abstract string Key { get; }

    /// <summary>How many arguments a kernel of this specification takes; a kernel's context follows them.</summary>
    public abstract int ArgumentCount { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => Key;
}
