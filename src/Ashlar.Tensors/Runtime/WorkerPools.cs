using System.Collections.Concurrent;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Pools of threads that programs borrow for their lives: starting threads costs more than a small graph's run.
/// </summary>
internal static class WorkerPools
{
    // Pools that wait for the next program; more are closed when they come back.
    private const int MostIdle = 4;

    private static readonly ConcurrentBag<WorkerPool> Idle = [];

    /// <summary>A pool of this many threads that nobody else uses.</summary>
    public static WorkerPool Rent(int threads)
    {
        if (Idle.TryTake(out var pool))
        {
            if (pool.Threads == threads) return pool;
            Return(pool);
        }

        return new WorkerPool(threads, ThreadCount.IsPinned);
    }

    /// <summary>Gives a pool back; it may run no more until it is rented again.</summary>
    public static void Return(WorkerPool pool)
    {
        if (Idle.Count < MostIdle) Idle.Add(pool);
        else pool.Dispose();
    }
}
