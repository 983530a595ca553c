using System.Diagnostics;

namespace Ashlar.Bench.Measuring;

/// <summary>Runs the same work on one thread for each processor, all at once.</summary>
internal static class EveryCore
{
    /// <summary>How many processors this process may use.</summary>
    public static int Count => Environment.ProcessorCount;

    /// <summary>The seconds from when the first thread began until the last had ended.</summary>
    /// <param name="run">The work of a thread, by its number.</param>
    public static double Seconds(Action<int> run)
    {
        using var start = new Barrier(Count);
        var (begins, ends) = (new long[Count], new long[Count]);
        var threads = Enumerable.Range(0, Count).Select(number => new Thread(() =>
        {
            start.SignalAndWait();
            begins[number] = Stopwatch.GetTimestamp();
            run(number);
            ends[number] = Stopwatch.GetTimestamp();
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return Stopwatch.GetElapsedTime(begins.Min(), ends.Max()).TotalSeconds;
    }
}
