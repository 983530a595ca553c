namespace Ashlar.Tensors.Runtime;

/// <summary>How stages are run by the threads of a pool; <see cref="PoolState"/> says why this needs no lock.</summary>
internal static unsafe class StageRun
{
    /// <summary>Takes tasks until none is left. Who ends a stage opens the next one and goes on with it.</summary>
    public static void TakeTasks(PoolState* pool, WorkerSlot* slot)
    {
        do
        {
            var done = 0;
            while (Volatile.Read(ref pool->Unclaimed) > 0 && Interlocked.Decrement(ref pool->Unclaimed) is >= 0 and var left)
            {
                RunTask(pool->OpenLaunches, pool->OpenEnds, pool->OpenTasks - 1 - left, slot->Scratch);
                done++;
            }

            // All that was done is reported at once: the stage could not end before the last of it.
            if (done == 0 || Interlocked.Add(ref pool->Unfinished, -done) != 0) return;
        }
        while (OpenNext(pool, slot));
    }

    /// <summary>
    /// Opens the next stage that has more than one task, having run those before it; with none left, ends the run. Only for whom
    /// ended the stage before, or begins the run.
    /// </summary>
    /// <returns>Whether a stage was opened.</returns>
    public static bool OpenNext(PoolState* pool, WorkerSlot* slot)
    {
        while (++pool->Current < pool->StageCount)
        {
            var stage = pool->Stages[pool->Current];
            var launches = pool->Launches + stage.First;
            var ends = pool->Ends + stage.First;
            var tasks = stage.Count == 0 ? 0 : ends[stage.Count - 1];
            if (tasks == 0) continue;
            if (tasks == 1)
            {
                RunTask(launches, ends, 0, slot->Scratch);
                continue;
            }

            pool->OpenLaunches = launches;
            pool->OpenEnds = ends;
            pool->OpenTasks = tasks;
            pool->Unfinished = tasks;
            Interlocked.Exchange(ref pool->Unclaimed, tasks);
            if (Volatile.Read(ref pool->Parked) > 0) Parking.Wake(pool, tasks - 1);
            return true;
        }

        Interlocked.Exchange(ref pool->HasEnded, 1);
        Parking.Wake(pool, PoolState.Slot(pool, 0));
        return false;
    }

    // Tasks are numbered through the launches of a stage.
    private static void RunTask(Launch* launches, int* ends, int task, byte* scratch)
    {
        var launch = launches;
        for (; task >= *ends; launch++) ends++;
        if (launch != launches) task -= ends[-1];
        var from = task * launch->Grain;
        launch->Function(launch->Arguments, from, from + Math.Min(launch->Grain, launch->Count - from), scratch);
    }
}
