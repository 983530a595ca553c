using System.Runtime.InteropServices;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>The moments in which a wake-up could be lost, each made to happen.</summary>
public sealed unsafe class ParkingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NativeBlock _memory = new(sizeof(PoolState) + 2 * sizeof(WorkerSlot));
    private readonly NativeBlock _launches = new(sizeof(Launch) + sizeof(Stage) + sizeof(int));

    public ParkingTests()
    {
        new Span<byte>(_memory.Pointer, (int)_memory.Bytes).Clear();
        (Pool->Threads, Pool->Users, Pool->CallersCore) = (2, 1, -1);
        for (var i = 0; i < 2; i++)
        {
            var slot = PoolState.Slot(Pool, i);
            (slot->Patience, slot->Avoided, slot->WakersCore, slot->IsCaller) = (Parking.FirstPatience, -1, -1, i == 0);
        }
    }

    private PoolState* Pool => (PoolState*)_memory.Pointer;

    [Fact]
    public void A_task_that_came_after_the_last_look_keeps_a_thread_from_sleeping()
    {
        Pool->Unclaimed = 1;
        Ends(() => Parking.Sleep(Pool, PoolState.Slot(Pool, 1), &Pool->IsClosed));
        AssertNobodySleeps();
    }

    [Fact]
    public void An_end_that_came_after_the_last_look_keeps_a_thread_from_sleeping()
    {
        Pool->HasEnded = 1;
        Ends(() => Parking.Sleep(Pool, PoolState.Slot(Pool, 0), &Pool->HasEnded));
        AssertNobodySleeps();
    }

    [Fact]
    public void Who_opens_a_stage_wakes_who_sleeps()
    {
        Give(tasks: 2);
        var sleeper = Sleeps(1, &Pool->IsClosed);
        Assert.True(StageRun.OpenNext(Pool, PoolState.Slot(Pool, 0)));
        Assert.True(sleeper.Join(Patience), "the worker sleeps beside two tasks");
        AssertNobodySleeps();
    }

    [Fact]
    public void Who_ends_a_run_wakes_its_caller_and_nobody_else()
    {
        Give(tasks: 0);
        var (caller, worker) = (Sleeps(0, &Pool->HasEnded), Sleeps(1, &Pool->IsClosed));
        Assert.False(StageRun.OpenNext(Pool, PoolState.Slot(Pool, 1)));
        Assert.True(caller.Join(Patience), "the caller sleeps after the end of its run");
        Assert.Equal(
            (1, WorkerSlot.Asleep), (Volatile.Read(ref Pool->Parked), Volatile.Read(ref PoolState.Slot(Pool, 1)->State)));
        Interlocked.Exchange(ref Pool->IsClosed, 1);
        Parking.Wake(Pool, 2);
        Assert.True(worker.Join(Patience), "the worker sleeps after its pool was closed");
        AssertNobodySleeps();
    }

    [Fact]
    public void No_more_threads_are_woken_than_asked_for()
    {
        var (caller, worker) = (Sleeps(0, &Pool->HasEnded), Sleeps(1, &Pool->HasEnded));
        Interlocked.Exchange(ref Pool->HasEnded, 1);
        Parking.Wake(Pool, 1);
        Assert.Equal(1, Volatile.Read(ref Pool->Parked));
        Parking.Wake(Pool, 1);
        Assert.True(caller.Join(Patience) && worker.Join(Patience));
        AssertNobodySleeps();
    }

    public void Dispose()
    {
        // Whoever still sleeps, because a test failed, must not find the memory gone.
        Interlocked.Exchange(ref Pool->IsClosed, 1);
        Interlocked.Exchange(ref Pool->HasEnded, 1);
        Parking.Wake(Pool, 2);
        Thread.Sleep(1);
        _launches.Dispose();
    }

    private void Give(int tasks)
    {
        var launch = (Launch*)_launches.Pointer;
        var stage = (Stage*)(launch + 1);
        var ends = (int*)(stage + 1);
        *launch = new Launch { Function = &Nothing, Count = tasks, Grain = 1 };
        *stage = new Stage { First = 0, Count = 1 };
        *ends = tasks;
        Pool->Launches = launch;
        Pool->Stages = stage;
        Pool->Ends = ends;
        (Pool->StageCount, Pool->Current) = (1, -1);
    }

    // A thread that waits, once it sleeps.
    private Thread Sleeps(int number, int* end)
    {
        var (pool, word) = ((nint)Pool, (nint)end);
        var thread = new Thread(() => Parking.Await((PoolState*)pool, PoolState.Slot((PoolState*)pool, number), (int*)word))
        {
            IsBackground = true,
        };
        thread.Start();
        Assert.True(
            SpinWait.SpinUntil(() => Volatile.Read(ref PoolState.Slot(Pool, number)->State) == WorkerSlot.Asleep, Patience));
        return thread;
    }

    private static void Ends(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(Patience), "the thread sleeps, and nobody will wake it");
    }

    private void AssertNobodySleeps()
    {
        Assert.Equal(0, Volatile.Read(ref Pool->Parked));
        for (var i = 0; i < 2; i++) Assert.Equal(WorkerSlot.Awake, Volatile.Read(ref PoolState.Slot(Pool, i)->State));
    }

    [UnmanagedCallersOnly]
    private static void Nothing(long* arguments, long from, long to, byte* scratch)
    {
    }
}
