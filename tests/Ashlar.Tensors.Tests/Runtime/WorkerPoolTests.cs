using System.Diagnostics;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>What a pool does with stages, whatever the machine is doing beside.</summary>
public sealed unsafe class WorkerPoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_task_runs_once_after_the_stage_before_it(int threads)
    {
        using var run = new RecordedRun();
        run.Add((1, 1, 0, -1));
        run.Add((100, 7, 10, -1));
        run.Add();
        run.Add((0, 5, 0, -1), (3, 1, 0, -1), (0, 1, 0, -1), (10, 4, 100, -1));
        run.Add((0, 1, 0, -1));
        run.Add((1, 9, 0, -1), (1, 9, 0, -1));
        run.Add((5, 100, 0, -1));
        run.Add((1000, 1, 0, -1), (2, 2, 10000, -1));
        using var pool = Pool(threads);
        for (var i = 0; i < 200; i++)
        {
            run.Reset();
            pool.Run(run.Stages, run.Launches);
            run.Check($"{threads} threads, run {i}");
        }
    }

    [Fact]
    public void A_run_allocates_nothing()
    {
        using var run = new RecordedRun();
        for (var i = 0; i < 20; i++) run.Add((3, 1, 1000, -1), (1, 1, 0, -1));
        using var count = new AllocationCount(threads: 3);
        Stage[] stages = [.. run.Stages, new Stage { First = run.Launches.Length, Count = 1 }];
        Launch[] launches = [.. run.Launches, count.Launch];
        using var pool = Pool(3);
        WithWatchdog(() =>
        {
            for (var i = 0; i < 100; i++) Once();
            count.Reset();
            for (var i = 0; i < 500; i++) Once();
        });
        Assert.Equal(0, count.Bytes);

        void Once()
        {
            count.Begin();
            pool.Run(stages, launches);
        }
    }

    [Fact]
    public void A_thread_that_stands_still_delays_its_own_task_only()
    {
        using var run = new RecordedRun();
        run.Add((40, 1, 0, 0)); // the first task sleeps
        using var pool = Pool(3);
        WithWatchdog(() => pool.Run(run.Stages, run.Launches));
        run.Check("one task sleeps");
    }

    [Fact]
    public void A_pool_that_rested_works_at_once()
    {
        using var run = new RecordedRun();
        run.Add((64, 1, 1000, -1));
        using var pool = Pool(2);
        for (var i = 0; i < 3; i++)
        {
            Thread.Sleep(300);
            run.Reset();
            WithWatchdog(() => pool.Run(run.Stages, run.Launches));
            run.Check($"after rest {i}");
        }
    }

    [Fact]
    public void Bad_stages_are_refused_and_the_pool_works_on()
    {
        using var run = new RecordedRun();
        run.Add((10, 1, 0, -1));
        using var pool = Pool(2);
        var launch = run.Launches[0];
        Stage[] one = [new Stage { Count = 1 }];
        Refused("names launches 0 to 2; there are 1", [new Stage { Count = 2 }], launch);
        Refused("names launches -1 to 0", [new Stage { First = -1, Count = 1 }], launch);
        Refused("launch 0 has a count of 10 in pieces of 0", one, launch with { Grain = 0 });
        Refused("launch 0 has a count of -1", one, launch with { Count = -1 });
        Refused("stage 0 has more than 2147483647 tasks", one, launch with { Count = 1L << 31, Grain = 1 });
        run.Reset();
        pool.Run(run.Stages, run.Launches);
        run.Check("after bad ones");

        void Refused(string reason, Stage[] stages, Launch launch) => Assert.Contains(
            reason, Assert.Throws<ArgumentException>(() => pool.Run(stages, [launch])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_scratch_memory_than_there_is_is_refused_and_the_pool_works_on()
    {
        using var run = new RecordedRun();
        run.Add((100, 1, 0, -1));
        using var pool = Pool(2);
        for (var i = 0; i < 3; i++)
        {
            Assert.Throws<InsufficientMemoryException>(() => pool.EnsureScratch(1L << 60));
            pool.EnsureScratch(RecordedRun.ScratchBytes);
            run.Reset();
            pool.Run(run.Stages, run.Launches);
            run.Check($"after refusal {i}");
        }
    }

    [Fact]
    public void Only_one_thread_runs_a_pool_at_a_time()
    {
        using var run = new RecordedRun();
        run.Add((1, 1, 0, 0));
        using var pool = Pool(2);
        var other = new Thread(() => pool.Run(run.Stages, run.Launches));
        other.Start();
        var refused = false;
        for (var watch = Stopwatch.StartNew(); !refused && watch.Elapsed < Patience && other.IsAlive;)
        {
            try
            {
                pool.Run([], []);
            }
            catch (InvalidOperationException)
            {
                refused = true;
            }
        }

        other.Join();
        Assert.True(refused);
        run.Check("the run that was first");
    }

    [Fact]
    public void Disposing_ends_the_threads_and_the_pool()
    {
        var pool = Pool(4);
        pool.Dispose();
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Run([], []));
    }

    internal static WorkerPool Pool(int threads)
    {
        var pool = new WorkerPool(threads);
        pool.EnsureScratch(RecordedRun.ScratchBytes);
        return pool;
    }

    /// <summary>Does something on another thread, and fails the test where it does not end.</summary>
    internal static void WithWatchdog(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        Assert.True(thread.Join(Patience), "the pool stands still");
        if (failure is not null) throw failure;
    }
}
