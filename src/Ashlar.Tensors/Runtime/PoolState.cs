using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// What the threads of a <see cref="WorkerPool"/> share, in native memory; followed by a <see cref="WorkerSlot"/> for each
/// thread. Words that different threads write lie 128 bytes apart: processors fetch cache lines in pairs.
/// </summary>
/// <remarks>
/// Who may touch what, and why nobody who comes late does harm:
/// <list type="number">
/// <item><see cref="Unclaimed"/> is the only word of a stage that a thread without a task reads or writes. To take a task is to
/// count it down; a result below zero is no task. A thread that slept for a whole run after it had seen a task counts down what
/// then is there: either a task of the stage that is open by now, which it may do as well as any other, or nothing. It looks at
/// the stage only when it has its task.</item>
/// <item>A thread that has taken a task, and not yet reported it, keeps the stage from ending, and so the run: it may read
/// everything about both. The words were written before <see cref="Unclaimed"/> was, and it read that.</item>
/// <item><see cref="Unfinished"/> is written by such threads only. Whoever takes it to zero is alone, and opens the next stage.
/// </item>
/// </list>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal unsafe struct PoolState
{
    public const int Bytes = 8 * Distance;

    private const int Distance = 128;

    /// <summary>How many tasks of the open stage nobody has taken; below zero where threads came too late.</summary>
    [FieldOffset(0)]
    public int Unclaimed;

    /// <summary>Tasks of the stage that were not reported as done.</summary>
    [FieldOffset(Distance)]
    public int Unfinished;

    /// <summary>How many threads are parked, or about to be: never less than there are slots that say so.</summary>
    [FieldOffset(2 * Distance)]
    public int Parked;

    /// <summary>Not 0 when the run has ended.</summary>
    [FieldOffset(3 * Distance)]
    public int HasEnded;

    /// <summary>Not 0 when the workers shall leave.</summary>
    [FieldOffset((3 * Distance) + 4)]
    public int IsClosed;

    /// <summary>How many use this memory: the workers and the pool. The last one frees it.</summary>
    [FieldOffset((3 * Distance) + 8)]
    public int Users;

    /// <summary>The number of slots.</summary>
    [FieldOffset((3 * Distance) + 12)]
    public int Threads;

    // The run.
    [FieldOffset(4 * Distance)]
    public Stage* Stages;

    [FieldOffset((4 * Distance) + 8)]
    public Launch* Launches;

    /// <summary>For each launch, the number of tasks of its stage up to its last one.</summary>
    [FieldOffset((4 * Distance) + 16)]
    public int* Ends;

    [FieldOffset((4 * Distance) + 24)]
    public int StageCount;

    /// <summary>The stage that is open or is run by one thread; whoever opens stages counts it on.</summary>
    [FieldOffset((4 * Distance) + 28)]
    public int Current;

    // The open stage.
    [FieldOffset(5 * Distance)]
    public Launch* OpenLaunches;

    [FieldOffset((5 * Distance) + 8)]
    public int* OpenEnds;

    [FieldOffset((5 * Distance) + 16)]
    public int OpenTasks;

    // Where threads may run; see Placement.

    /// <summary>Whether there are cores enough to place threads on.</summary>
    [FieldOffset(6 * Distance)]
    public bool MayPlaceThreads;

    /// <summary>Whether that is done.</summary>
    [FieldOffset((6 * Distance) + 1)]
    public bool PlacesThreads;

    /// <summary>The core on which the caller was when the last run began.</summary>
    [FieldOffset((6 * Distance) + 4)]
    public int CallersCore;

    /// <summary>The cores that workers may use.</summary>
    [FieldOffset(7 * Distance)]
    public Cores.CoreMask Allowed;

    /// <summary>The slot of a thread; the caller's is number 0.</summary>
    public static WorkerSlot* Slot(PoolState* pool, int thread) => (WorkerSlot*)(pool + 1) + thread;
}

/// <summary>What belongs to one thread of a pool.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal unsafe struct WorkerSlot
{
    public const int Awake = 0, Asleep = 1;

    /// <summary>The word on which the thread sleeps. The thread lays itself to sleep; it or another takes that back.</summary>
    [FieldOffset(0)]
    public int State;

    /// <summary>How long the thread spins before it parks, in ticks of the clock.</summary>
    [FieldOffset(8)]
    public long Patience;

    /// <summary>Scratch memory of the thread.</summary>
    [FieldOffset(16)]
    public byte* Scratch;

    /// <summary>The system's number of a worker that may be placed; 0 for the caller, and before the worker has begun.</summary>
    [FieldOffset(24)]
    public int Thread;

    /// <summary>The core that a worker is kept off, -1 for none.</summary>
    [FieldOffset(28)]
    public int Avoided;

    /// <summary>The core of the thread that last woke this one, -1 for none.</summary>
    [FieldOffset(32)]
    public int WakersCore;

    /// <summary>Whether this is the caller's.</summary>
    [FieldOffset(36)]
    public bool IsCaller;
}
