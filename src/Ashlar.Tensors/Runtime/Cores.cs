using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>Processor cores, as Linux numbers them, and which of them a thread may run on.</summary>
internal static unsafe partial class Cores
{
    /// <summary>Cores that a mask can name; on larger machines threads are placed by the system alone.</summary>
    public const int Most = 1024;

    private const int Words = Most / 64;

    /// <summary>Where the calling thread runs now, or -1 where that is not known.</summary>
    public static int Current => OperatingSystem.IsLinux() ? CurrentCore() : -1;

    /// <summary>The system's number of the calling thread, or 0 where threads are not placed.</summary>
    public static int CurrentThread => (OperatingSystem.IsLinux(), RuntimeInformation.ProcessArchitecture) switch
    {
        (true, Architecture.X64) => (int)SystemCall(186),
        (true, Architecture.Arm64) => (int)SystemCall(178),
        _ => 0,
    };

    /// <summary>The cores that the calling thread may run on; none where that is not known.</summary>
    public static CoreMask Allowed
    {
        get
        {
            CoreMask mask = default;
            return OperatingSystem.IsLinux() && GetAffinity(0, sizeof(CoreMask), &mask) == 0 ? mask : default;
        }
    }

    /// <summary>Lets a thread run on these cores only.</summary>
    /// <param name="thread">The system's number of the thread, 0 for the calling one.</param>
    /// <param name="mask">The cores.</param>
    /// <returns>Whether it does; not so where no core is named.</returns>
    public static bool Restrict(int thread, CoreMask mask) =>
        OperatingSystem.IsLinux() && SetAffinity(thread, sizeof(CoreMask), &mask) == 0;

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [SuppressGCTransition]
    private static partial int CurrentCore();

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, CoreMask* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, CoreMask* mask);

    /// <summary>A set of cores.</summary>
    [InlineArray(Words)]
    internal struct CoreMask : IEquatable<CoreMask>
    {
        private ulong _word;

        public readonly int Count
        {
            get
            {
                var count = 0;
                foreach (var word in this) count += BitOperations.PopCount(word);
                return count;
            }
        }

        public readonly bool Equals(CoreMask other) => ((ReadOnlySpan<ulong>)this).SequenceEqual(other);

        public override readonly bool Equals(object? obj) => obj is CoreMask other && Equals(other);

        public override readonly int GetHashCode() => Count;

        /// <summary>The set of one core.</summary>
        public static CoreMask Of(int core)
        {
            CoreMask mask = default;
            mask[core / 64] = 1UL << (core % 64);
            return mask;
        }

        /// <summary>The set without a core.</summary>
        public readonly CoreMask Without(int core)
        {
            var mask = this;
            mask[core / 64] &= ~(1UL << (core % 64));
            return mask;
        }

        /// <summary>A core of the set, counted from 0 and round again.</summary>
        public readonly int Nth(int number)
        {
            for (var left = number % Math.Max(1, Count); ;)
            {
                for (var core = 0; core < Most; core++)
                {
                    if ((this[core / 64] >> (core % 64) & 1) != 0 && left-- == 0) return core;
                }
            }
        }
    }
}
