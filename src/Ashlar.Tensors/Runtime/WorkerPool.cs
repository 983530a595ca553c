using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Threads that run the stages of a step together with their caller. Tasks are taken as threads become free, so that a thread
/// that the system stops delays its own task and no other; a thread without a task spins for a short time and then sleeps. A run
/// allocates nothing on the managed heap.
/// </summary>
internal sealed unsafe class WorkerPool : IDisposable
{
    private readonly Thread[] _workers;
    private readonly Arena _scratch = new();
    private PoolState* _state;
    private NativeBlock _ends = new(0);
    private long _scratchBytes;
    private int _isRunning;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many threads compute, the caller of <see cref="Run(Stage*, int, Launch*)"/> among them.</param>
    /// <param name="pin">Whether each worker stays on a core of its own; the first core is left to the caller.</param>
    public WorkerPool(int threads, bool pin = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        var bytes = (nuint)(sizeof(PoolState) + threads * sizeof(WorkerSlot));
        _state = (PoolState*)NativeMemory.AlignedAlloc(bytes, 128);
        NativeMemory.Clear(_state, bytes);
        (_state->Threads, _state->Users) = (threads, 1);
        _state->Allowed = Cores.Allowed;
        _state->MayPlaceThreads = threads > 1 && threads <= _state->Allowed.Count;
        _state->CallersCore = -1;
        for (var i = 0; i < threads; i++)
        {
            var slot = PoolState.Slot(_state, i);
            (slot->Patience, slot->Avoided, slot->WakersCore, slot->IsCaller) = (Parking.FirstPatience, -1, -1, i == 0);
        }

        _workers = new Thread[threads - 1];
        for (var i = 0; i < _workers.Length; i++)
        {
            var (state, number) = ((nint)_state, i + 1);
            // The thread refers to the memory alone, so that a pool that was forgotten is collected, and ends its threads.
            _workers[i] = new Thread(() => Work((PoolState*)state, number, pin))
            {
                IsBackground = true,
                Name = $"Ashlar worker {number}",
            };
            Interlocked.Increment(ref _state->Users);
            _workers[i].Start();
        }
    }

    ~WorkerPool() => Close();

    /// <summary>How many threads compute, the caller among them.</summary>
    public int Threads { get; }

    /// <summary>Gives every thread at least this much scratch memory, aligned to 64 bytes. Not during a run.</summary>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public void EnsureScratch(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes <= _scratchBytes) return;
        Enter();
        try
        {
            // Neighbours are a page apart, and an odd number of lines, so that they do not share sets of a cache for nothing.
            const long Line = 64, Page = 4096;
            var stride = (bytes + Page - 1) / Page * Page + Line;
            _scratchBytes = 0; // should there be no memory for more
            _scratch.Ensure(checked(stride * Threads));
            for (var i = 0; i < Threads; i++) PoolState.Slot(_state, i)->Scratch = _scratch.Pointer + i * stride;
            _scratchBytes = bytes;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Runs the stages in their order, on this thread and the workers.</summary>
    /// <param name="stages">The stages.</param>
    /// <param name="launches">The launches that the stages name.</param>
    /// <exception cref="ArgumentException">
    /// A stage names launches that are not there, a count is negative, a grain is not positive, or there are too many tasks.
    /// </exception>
    public void Run(ReadOnlySpan<Stage> stages, ReadOnlySpan<Launch> launches)
    {
        foreach (var stage in stages)
        {
            if ((uint)stage.First > launches.Length || (uint)stage.Count > launches.Length - stage.First)
            {
                throw new ArgumentException(
                    $"a stage names launches {stage.First} to {stage.First + stage.Count}; there are {launches.Length}",
                    nameof(stages));
            }
        }

        fixed (Stage* firstStage = stages)
        fixed (Launch* firstLaunch = launches) Run(firstStage, stages.Length, firstLaunch);
    }

    /// <summary>Runs the stages in their order, on this thread and the workers. One run at a time.</summary>
    /// <param name="stages">The stages; each names launches of its own.</param>
    /// <param name="count">How many stages there are.</param>
    /// <param name="launches">
    /// The launches that the stages name. All that these point to stays as it is during the run; the kernels must be reachable.
    /// </param>
    /// <exception cref="InvalidOperationException">Another thread has a run.</exception>
    public void Run(Stage* stages, int count, Launch* launches)
    {
        Enter();
        try
        {
            Number(stages, count, launches);
            var state = _state;
            var caller = PoolState.Slot(state, 0);
            state->Stages = stages;
            state->StageCount = count;
            state->Launches = launches;
            state->Ends = (int*)_ends.Pointer;
            state->Current = -1;
            state->HasEnded = 0;
            Placement.KeepOffCaller(state);
            if (!StageRun.OpenNext(state, caller)) return;
            StageRun.TakeTasks(state, caller);
            while (Volatile.Read(ref state->HasEnded) == 0)
            {
                Parking.Await(state, caller, &state->HasEnded);
                StageRun.TakeTasks(state, caller);
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Ends the threads. Not during a run.</summary>
    /// <exception cref="InvalidOperationException">Another thread has a run.</exception>
    public void Dispose()
    {
        if (_state is null) return;
        Enter();
        Close();
        foreach (var worker in _workers) worker.Join();
        _ends.Dispose();
        _scratch.Dispose();
        Leave();
        GC.SuppressFinalize(this);
    }

    private static void Work(PoolState* pool, int number, bool pin)
    {
        var slot = PoolState.Slot(pool, number);
        if (pin && pool->MayPlaceThreads) Cores.Restrict(0, Cores.CoreMask.Of(pool->Allowed.Nth(number)));
        else if (pool->MayPlaceThreads) slot->Thread = Cores.CurrentThread;
        while (Volatile.Read(ref pool->IsClosed) == 0)
        {
            Parking.Await(pool, slot, &pool->IsClosed);
            StageRun.TakeTasks(pool, slot);
        }

        Forget(pool);
    }

    private static void Forget(PoolState* pool)
    {
        if (Interlocked.Decrement(ref pool->Users) == 0) NativeMemory.AlignedFree(pool);
    }

    private void Close()
    {
        if (_state is null) return;
        Interlocked.Exchange(ref _state->IsClosed, 1);
        Parking.Wake(_state, Threads);
        Forget(_state);
        _state = null;
    }

    // Says for each launch how many tasks its stage has up to it, so that a task is found by its number.
    private void Number(Stage* stages, int count, Launch* launches)
    {
        var last = 0;
        for (var i = 0; i < count; i++) last = Math.Max(last, stages[i].First + stages[i].Count);
        if (_ends.Bytes < (long)last * sizeof(int))
        {
            _ends.Dispose();
            _ends = new NativeBlock((long)last * 2 * sizeof(int));
        }

        var ends = (int*)_ends.Pointer;
        for (var stage = stages; stage < stages + count; stage++)
        {
            var tasks = 0L;
            for (var i = stage->First; i < stage->First + stage->Count; i++)
            {
                var (length, grain) = (launches[i].Count, launches[i].Grain);
                if (length < 0 || grain < 1) ThrowBadLaunch(i, length, grain);
                tasks += length <= grain ? Math.Min(length, 1) : (length - 1) / grain + 1;
                if (tasks > int.MaxValue) ThrowTooMany((int)(stage - stages));
                ends[i] = (int)tasks;
            }
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            throw new InvalidOperationException("another thread runs this pool; make one for each");
        }

        if (_state is not null) return;
        Leave();
        ObjectDisposedException.ThrowIf(true, this);
    }

    private void Leave() => Volatile.Write(ref _isRunning, 0);

    private static void ThrowBadLaunch(int launch, long count, long grain) =>
        throw new ArgumentException($"launch {launch} has a count of {count} in pieces of {grain}");

    private static void ThrowTooMany(int stage) =>
        throw new ArgumentException($"stage {stage} has more than {int.MaxValue} tasks; make the pieces larger");
}
