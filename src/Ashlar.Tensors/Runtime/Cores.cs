using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>The processor cores that the process may use, as the system numbers them.</summary>
internal static unsafe partial class Cores
{
    /// <summary>Keeps the calling thread on one core: number <paramref name="thread"/> of those the process may use.</summary>
    /// <returns>Whether it is kept there; only Linux is asked.</returns>
    public static bool Pin(int thread)
    {
        if (!OperatingSystem.IsLinux()) return false;
        const int Bits = 8192, Word = 64;
        var mask = stackalloc ulong[Bits / Word];
        var allowed = new List<int>();
        if (GetAffinity(0, Bits / 8, mask) != 0) return false;
        for (var core = 0; core < Bits; core++)
        {
            if ((mask[core / Word] >> (core % Word) & 1) != 0) allowed.Add(core);
        }

        new Span<ulong>(mask, Bits / Word).Clear();
        var chosen = allowed[thread % allowed.Count];
        mask[chosen / Word] = 1UL << (chosen % Word);
        return SetAffinity(0, Bits / 8, mask) == 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nint bytes, ulong* mask);
}
