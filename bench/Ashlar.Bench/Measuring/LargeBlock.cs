using System.Runtime.InteropServices;

namespace Ashlar.Bench.Measuring;

/// <summary>A large block of memory in huge pages, where the system grants them; every page of it has been written.</summary>
internal sealed unsafe partial class LargeBlock : IDisposable
{
    private const int HugePage = 2 << 20;

    private void* _pointer;

    /// <summary>Takes the memory.</summary>
    /// <param name="bytes">Its size.</param>
    public LargeBlock(long bytes)
    {
        Bytes = bytes;
        _pointer = NativeMemory.AlignedAlloc((nuint)bytes, HugePage);
        const int hugePages = 14; // MADV_HUGEPAGE: advice, which the system may not take
        if (OperatingSystem.IsLinux()) _ = Advise(_pointer, (nuint)bytes, hugePages);
        NativeMemory.Fill(_pointer, (nuint)bytes, 1);
    }

    public long Bytes { get; }

    public byte* Pointer => (byte*)_pointer;

    public void Dispose()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
