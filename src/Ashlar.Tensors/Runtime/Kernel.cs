namespace Ashlar.Tensors.Runtime;

/// <summary>A function that computes a part of a region of a graph: emitted code, or C# with the same signature.</summary>
/// <remarks>
/// It is called with the region's arguments (64-bit numbers and addresses, in the order that the kernel's specification gives,
/// and behind them <see cref="Context"/>), a range [from, to) of what the specification splits among threads, and the calling
/// worker's scratch memory, aligned to 64 bytes. Calls with disjoint ranges may run at once. It does not call back, wait or
/// throw.
/// </remarks>
internal sealed unsafe class Kernel
{
    private readonly object? _owner; // keeps the code alive

    /// <summary>Names a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="scratchBytes">How much scratch memory a call uses.</param>
    /// <param name="owner">What keeps the function's code, or its context, valid while it is reachable.</param>
    /// <param name="codeBytes">How much memory the code takes; 0 for C#.</param>
    /// <param name="context">What the function finds behind its arguments.</param>
    public Kernel(
        delegate* unmanaged<long*, long, long, byte*, void> function, long scratchBytes = 0, object? owner = null,
        long codeBytes = 0, nint context = 0)
    {
        Function = function;
        (ScratchBytes, CodeBytes, _owner, Context) = (scratchBytes, codeBytes, owner, context);
    }

    /// <summary>(arguments, from, to, scratch).</summary>
    public delegate* unmanaged<long*, long, long, byte*, void> Function { get; }

    /// <summary>How much scratch memory a call uses.</summary>
    public long ScratchBytes { get; }

    /// <summary>
    /// What the caller puts into the slot behind the specification's own arguments, number
    /// <see cref="Backends.Kernels.KernelSpecification.ArgumentCount"/>: how a function in C#, which is the same for all
    /// specifications of a kind, finds what it was made for. Emitted code has it built in and reads no such slot; it is 0 then.
    /// </summary>
    public nint Context { get; }

    /// <summary>How much memory the code takes; 0 for C#.</summary>
    public long CodeBytes { get; }

    /// <summary>Calls the function on this thread; for tests and tools.</summary>
    /// <param name="arguments">The specification's arguments, without the context.</param>
    /// <param name="from">The first of the range.</param>
    /// <param name="to">Past the last of the range.</param>
    public void Invoke(ReadOnlySpan<long> arguments, long from, long to)
    {
        using var scratch = new NativeBlock(ScratchBytes);
        Span<long> slots = stackalloc long[arguments.Length + 1];
        arguments.CopyTo(slots);
        slots[^1] = Context;
        fixed (long* pointer = slots) Function(pointer, from, to, scratch.Pointer);
        GC.KeepAlive(_owner);
    }
}
