using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ashlar.Bench.Measuring;

/// <summary>
/// The time of work on one core: where the system can tell it, the time that this thread has run, in which nobody else's turns on
/// the core count; elsewhere the time that has passed.
/// </summary>
internal static unsafe partial class CoreClock
{
    /// <summary>The seconds that an action takes.</summary>
    public static double Seconds(Action run)
    {
        var start = Now();
        run();
        return Now() - start;
    }

    private static double Now()
    {
        const int ofThread = 3; // CLOCK_THREAD_CPUTIME_ID
        var time = stackalloc long[2]; // seconds, nanoseconds
        if (OperatingSystem.IsLinux() && GetTime(ofThread, time) == 0) return time[0] + time[1] * 1e-9;
        return Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, long* time);
}
