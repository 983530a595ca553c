namespace Ashlar.Tensors.Runtime;

/// <summary>A function that computes a part of a region of a graph: emitted code, or C# with the same signature.</summary>
/// <remarks>
/// It is called with the region's arguments (64-bit numbers and addresses, in the order that the kernel's specification gives), a
/// range [from, to) of what the specification splits among threads, and the calling worker's scratch memory, aligned to 64 bytes.
/// Calls with disjoint ranges may run at once. It does not call back, wait or throw.
/// </remarks>
internal sealed unsafe class Kernel
{
    private readonly object? _owner; // keeps the code alive

    /// <summary>Names a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="scratchBytes">How much scratch memory a call uses.</param>
    /// <param name="owner">What keeps the function's code valid while it is reachable; null for C#.</param>
    /// <param name="codeBytes">How much memory the code takes; 0 for C#.</param>
    public Kernel(
        delegate* unmanaged<long*, long, long, byte*, void> function,
        long scratchBytes = 0,
        object? owner = null,
        long codeBytes = 0)
    {
        Function = function;
        (ScratchBytes, CodeBytes, _owner) = (scratchBytes, codeBytes, owner);
    }

    /// <summary>(arguments, from, to, scratch).</summary>
    public delegate* unmanaged<long*, long, long, byte*, void> Function { get; }

    /// <summary>How much scratch memory a call uses.</summary>
    public long ScratchBytes { get; }

    /// <summary>How much memory the code takes; 0 for C#.</summary>
    public long CodeBytes { get; }

    /// <summary>Calls the function on this thread; for tests and tools.</summary>
    public void Invoke(ReadOnlySpan<long> arguments, long from, long to)
    {
        using var scratch = new NativeBlock(ScratchBytes);
        fixed (long* pointer = arguments) Function(pointer, from, to, scratch.Pointer);
        GC.KeepAlive(_owner);
    }
}
