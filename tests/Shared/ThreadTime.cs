using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ashlar.Testing;

/// <summary>Processor time of the calling thread: on a busy machine the wall clock also counts what others compute.</summary>
internal static partial class ThreadTime
{
    private const int ClockThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>Time since an arbitrary start; the wall clock's where the system has no such clock.</summary>
    public static TimeSpan Now => OperatingSystem.IsLinux() && GetTime(ClockThreadCpuTime, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick)
        : Stopwatch.GetElapsedTime(0);

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
