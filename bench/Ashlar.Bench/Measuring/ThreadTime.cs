using System.Runtime.InteropServices;

namespace Ashlar.Bench.Measuring;

/// <summary>How long processors have worked for a thread.</summary>
internal static partial class ThreadTime
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>Of the current thread since it began.</summary>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static TimeSpan Current
    {
        get
        {
            if (!OperatingSystem.IsLinux()) throw new PlatformNotSupportedException("this measurement needs Linux");
            if (ReadClock(ThreadClock, out var time) != 0) throw new IOException("the thread's clock cannot be read");
            return new((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out Time time);

    private readonly struct Time
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
