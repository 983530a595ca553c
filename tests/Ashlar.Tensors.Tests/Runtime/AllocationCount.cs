using System.Runtime.InteropServices;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>
/// A launch that adds up what the threads of a pool allocate on the managed heap, each by its own account, so that whatever else
/// the process does is not counted. Each of its tasks waits until all threads have one: none is left out.
/// </summary>
internal sealed unsafe class AllocationCount : IDisposable
{
    private const int Threads = 0, Arrived = 1, Sum = 2, Fields = 3;
    private const int LastSeen = RecordedRun.ScratchBytes / sizeof(long) - 1; // behind what a recorded run uses
    private readonly NativeBlock _memory = new(Fields * sizeof(long));

    public AllocationCount(int threads) => Memory[Threads] = threads;

    /// <summary>What to run as the last stage.</summary>
    public Launch Launch => new() { Function = &Count, Arguments = Memory, Count = Memory[Threads], Grain = 1 };

    /// <summary>The bytes, between the first run after <see cref="Reset"/> and the last, of all threads.</summary>
    public long Bytes => Memory[Sum];

    private long* Memory => (long*)_memory.Pointer;

    /// <summary>Forgets what was counted; every thread must have been seen before.</summary>
    public void Reset() => Memory[Sum] = 0;

    /// <summary>To be called before each run.</summary>
    public void Begin() => Memory[Arrived] = 0;

    public void Dispose() => _memory.Dispose();

    [UnmanagedCallersOnly]
    private static void Count(long* memory, long from, long to, byte* scratch)
    {
        var seen = (long*)scratch + LastSeen;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Interlocked.Add(ref memory[Sum], allocated - *seen);
        *seen = allocated;
        Interlocked.Increment(ref memory[Arrived]);
        while (Volatile.Read(ref memory[Arrived]) < memory[Threads]) Thread.Yield();
    }
}
