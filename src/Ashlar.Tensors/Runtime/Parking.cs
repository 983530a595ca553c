using System.Diagnostics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Ashlar.Tensors.Runtime;

/// <summary>How a thread of a pool waits: it spins for a short time, then parks until it is woken.</summary>
internal static unsafe class Parking
{
    private static readonly long Microsecond = Math.Max(1, Stopwatch.Frequency / 1_000_000);
    private static readonly long Longest = 30 * Microsecond, Shortest = 2 * Microsecond;

    // Between two looks at the clock lies less than a microsecond. Where it was more than this, another thread had the core and
    // wants it again: then to sleep is better than to spin, and better than to offer the core, which would leave this thread in
    // a queue from which nobody can wake it.
    private static readonly long Absence = 10 * Microsecond;

    public static long FirstPatience => Longest;

    /// <summary>Returns when there is a task to be taken, or when <paramref name="end"/> is not 0.</summary>
    public static void Await(PoolState* pool, WorkerSlot* slot, int* end)
    {
        const int Looks = 16;
        for (var i = 0; i < Looks; i++)
        {
            if (IsOver(pool, end)) return;
            Pause();
        }

        var start = Stopwatch.GetTimestamp();
        if (Spin(pool, slot, end, start)) return;
        Park(pool, slot, end);
        // Spinning pays where what comes next comes soon.
        slot->Patience = Stopwatch.GetTimestamp() - start <= Longest
            ? Math.Min(Longest, slot->Patience * 2)
            : Math.Max(Shortest, slot->Patience / 2);
    }

    /// <summary>Wakes parked threads, at most so many.</summary>
    public static void Wake(PoolState* pool, int threads)
    {
        for (var i = 0; threads > 0 && i < pool->Threads; i++)
        {
            if (Wake(pool, PoolState.Slot(pool, i))) threads--;
        }
    }

    /// <summary>Wakes one thread if it is parked.</summary>
    public static bool Wake(PoolState* pool, WorkerSlot* slot)
    {
        if (Volatile.Read(ref slot->State) != WorkerSlot.Asleep || !TakeBack(pool, slot)) return false;
        slot->WakersCore = Cores.Current;
        if (!slot->IsCaller) Placement.KeepOff(pool, slot, slot->WakersCore);
        AddressWait.Wake(&slot->State);
        return true;
    }

    private static bool IsOver(PoolState* pool, int* end) =>
        Volatile.Read(ref pool->Unclaimed) > 0 || Volatile.Read(ref *end) != 0;

    private static bool Spin(PoolState* pool, WorkerSlot* slot, int* end, long start)
    {
        const int Looks = 8;
        for (var before = start; ;)
        {
            for (var i = 0; i < Looks; i++)
            {
                if (!IsOver(pool, end))
                {
                    Pause();
                    continue;
                }

                slot->Patience = Math.Min(Longest, slot->Patience * 2);
                return true;
            }

            var now = Stopwatch.GetTimestamp();
            if (now - before > Absence || now - start > slot->Patience) return false;
            before = now;
        }
    }

    private static void Park(PoolState* pool, WorkerSlot* slot, int* end)
    {
        var allowed = slot->IsCaller && pool->PlacesThreads ? Placement.Stay() : default;
        while (!IsOver(pool, end)) Sleep(pool, slot, end);
        Placement.Leave(allowed);
    }

    // A thread first says that it sleeps and then looks for a task; who opens a stage first shows the tasks and then looks for
    // sleepers. Both have a full fence in between, so that at least one of them sees the other.
    internal static void Sleep(PoolState* pool, WorkerSlot* slot, int* end)
    {
        Interlocked.Increment(ref pool->Parked);
        Interlocked.Exchange(ref slot->State, WorkerSlot.Asleep);
        if (IsOver(pool, end))
        {
            TakeBack(pool, slot);
            return;
        }

        while (Volatile.Read(ref slot->State) == WorkerSlot.Asleep) AddressWait.Wait(&slot->State, WorkerSlot.Asleep);
        Placement.Observe(pool, slot);
    }

    // Only one succeeds, the sleeper or who wakes it, and that one keeps the count.
    private static bool TakeBack(PoolState* pool, WorkerSlot* slot)
    {
        if (Interlocked.CompareExchange(ref slot->State, WorkerSlot.Awake, WorkerSlot.Asleep) != WorkerSlot.Asleep) return false;
        Interlocked.Decrement(ref pool->Parked);
        return true;
    }

    private static void Pause()
    {
        if (X86Base.IsSupported) X86Base.Pause();
        else if (ArmBase.IsSupported) ArmBase.Yield();
        else Thread.SpinWait(1);
    }
}
