using System.Diagnostics;
using System.Globalization;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>Many runs on a machine that has better things to do.</summary>
public sealed class WorkerPoolStressTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1.5);

    [Theory]
    [InlineData(2, 0)]
    [InlineData(4, 0)]
    [InlineData(2, 1)]
    [InlineData(4, 1)]
    public void No_run_is_lost_with_threads_and_burners_for_each_core(int threadsPerCore, int burnersPerCore) =>
        Stress(threadsPerCore * Environment.ProcessorCount, burnersPerCore * Environment.ProcessorCount);

    [Fact]
    public void No_run_is_lost_on_half_a_core()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are bound to a core on Linux only");
        // Threads are bound where the thread is that starts them; so are the burner and all workers.
        WorkerPoolTests.WithWatchdog(() =>
        {
            Assert.True(Cores.Restrict(0, Cores.CoreMask.Of(Cores.Allowed.Nth(1))));
            Stress(threads: 8, burners: 1);
        });
    }

    [Fact]
    public void Callers_may_take_turns()
    {
        using var pool = WorkerPoolTests.Pool(3);
        for (var i = 0; i < 200; i++)
        {
            WorkerPoolTests.WithWatchdog(() =>
            {
                using var run = new RecordedRun();
                run.Add((3, 1, 100, -1));
                run.Add((20, 3, 1000, -1));
                for (var again = 0; again < 5; again++)
                {
                    run.Reset();
                    pool.Run(run.Stages, run.Launches);
                    run.Check($"caller {i}");
                }
            });
        }
    }

    [Fact]
    public void A_callers_affinity_is_what_it_was()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are bound to a core on Linux only");
        WorkerPoolTests.WithWatchdog(() =>
        {
            using var pool = WorkerPoolTests.Pool(2);
            using var run = new RecordedRun();
            run.Add((2, 1, 100, 1)); // one task sleeps while the other's thread must wait
            var before = Cores.Allowed;
            for (var i = 0; i < 5; i++)
            {
                pool.Run(run.Stages, run.Launches);
                Assert.True(before.Equals(Cores.Allowed), "the thread is bound to other cores");
            }
        });
    }

    private static void Stress(int threads, int burners)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var ended = false;
        var burning = Enumerable.Range(0, burners).Select(_ => new Thread(() => BurnHalfOfTheTime(ref ended))).ToList();
        burning.ForEach(thread => thread.Start());
        var runs = Enumerable.Range(0, 8).Select(i => RandomRun(random, sleeps: i == 0)).ToList();
        try
        {
            WorkerPoolTests.WithWatchdog(() =>
            {
                using var pool = WorkerPoolTests.Pool(threads);
                var watch = Stopwatch.StartNew();
                for (var number = 0; watch.Elapsed < Length; number++)
                {
                    var run = runs[number % 50 == 0 ? 0 : random.Next(1, runs.Count)];
                    run.Reset();
                    pool.Run(run.Stages, run.Launches);
                    run.Check(string.Create(
                        CultureInfo.InvariantCulture, $"seed {seed}, {threads} threads, {burners} burners, run {number}"));
                    if (random.Next(20) == 0) Thread.Sleep(random.Next(2));
                }
            });
        }
        finally
        {
            Volatile.Write(ref ended, true);
            burning.ForEach(thread => thread.Join());
        }

        runs.ForEach(run => run.Dispose());
    }

    private static RecordedRun RandomRun(Random random, bool sleeps)
    {
        var run = new RecordedRun();
        for (var stages = random.Next(1, 12); stages > 0; stages--)
        {
            var launches = new (long, long, int, long)[random.Next(4)];
            for (var i = 0; i < launches.Length; i++)
            {
                var count = random.Next(3) == 0 ? random.Next(200) : random.Next(4);
                var grain = random.Next(1, 4);
                var rounds = random.Next(4) == 0 ? random.Next(2000) : 0;
                launches[i] = (count, grain, rounds, sleeps && random.Next(8) == 0 ? random.Next(200) : -1);
            }

            run.Add(launches);
        }

        if (sleeps) run.Add((5, 1, 100, 2));
        return run;
    }

    private static void BurnHalfOfTheTime(ref bool ended)
    {
        while (!Volatile.Read(ref ended))
        {
            for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < 5;) Thread.SpinWait(100);
            Thread.Sleep(5);
        }
    }
}
