namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Sees to it that a woken thread does not queue behind the one that woke it. Some systems, virtual machines above all, wake a
/// thread on the core of the waker to spare the other core; there it waits for 3 ms, or makes the waker wait. On another core it
/// runs after 20 to 60 us.
/// </summary>
/// <remarks>
/// A worker is kept off the core of the thread that wakes it, and may use all others. The caller is a thread of the user's: for
/// the time that it sleeps in a run it is bound to the core on which it fell asleep. All this begins when a thread has found
/// itself on its waker's core; elsewhere the system knows better.
/// </remarks>
internal static unsafe class Placement
{
    /// <summary>Keeps a worker off a core. Costs a system call where that was not so already.</summary>
    public static void KeepOff(PoolState* pool, WorkerSlot* slot, int core)
    {
        if (!pool->PlacesThreads || slot->Avoided == core || slot->Thread == 0 || (uint)core >= Cores.Most) return;
        slot->Avoided = core;
        Cores.Restrict(slot->Thread, pool->Allowed.Without(core));
    }

    /// <summary>Keeps all workers off the calling thread's core, those too that are not asleep and stand behind it.</summary>
    public static void KeepOffCaller(PoolState* pool)
    {
        if (!pool->PlacesThreads) return;
        var core = Cores.Current;
        if (core == pool->CallersCore) return;
        pool->CallersCore = core;
        for (var i = 1; i < pool->Threads; i++) KeepOff(pool, PoolState.Slot(pool, i), core);
    }

    /// <summary>Notes on which core a thread woke up that was woken from another.</summary>
    public static void Observe(PoolState* pool, WorkerSlot* slot)
    {
        if (pool->MayPlaceThreads && !pool->PlacesThreads && slot->WakersCore == Cores.Current) pool->PlacesThreads = true;
    }

    /// <summary>Binds the calling thread to the core it is on.</summary>
    /// <returns>What it was bound to.</returns>
    public static Cores.CoreMask Stay()
    {
        var allowed = Cores.Allowed;
        if (allowed.Count > 1 && Cores.Current is >= 0 and < Cores.Most and var core) Cores.Restrict(0, Cores.CoreMask.Of(core));
        return allowed;
    }

    /// <summary>Takes back what <see cref="Stay"/> did.</summary>
    public static void Leave(Cores.CoreMask allowed)
    {
        if (allowed.Count > 1) Cores.Restrict(0, allowed);
    }
}
