namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Pools of threads that programs borrow for their lives: starting threads costs more than a small graph's run.
/// </summary>
internal static class WorkerPools
{
    // Pools that wait for the next program; more are closed when they come back.
    private const int MostIdle = 4;

    private static readonly List<WorkerPool> Idle = [];

    /// <summary>A pool of this many threads that nobody else uses.</summary>
    public static WorkerPool Rent(int threads)
    {
        lock (Idle)
        {
            var index = Idle.FindLastIndex(pool => pool.Threads == threads);
            if (index >= 0)
            {
                var pool = Idle[index];
                Idle.RemoveAt(index);
                return pool;
            }
        }

        return new WorkerPool(threads, ThreadCount.IsPinned);
    }

    /// <summary>Gives a pool back; it may run no more until it is rented again.</summary>
    public static void Return(WorkerPool pool)
    {
        lock (Idle)
        {
            Idle.Add(pool);
            if (Idle.Count <= MostIdle) return;
            pool = Idle[0]; // the one that nobody wanted for longest
            Idle.RemoveAt(0);
        }

        pool.Dispose();
    }
}
