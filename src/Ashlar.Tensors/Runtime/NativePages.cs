using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Whole pages from the system: zeros, and no memory is used for a page until it is touched. Freed when nobody refers to them
/// any more.
/// </summary>
internal sealed unsafe partial class NativePages : SafeHandle
{
    /// <summary>The size of a huge page, to which large regions are aligned.</summary>
    public const long HugePage = 2 << 20;

    /// <summary>Takes pages from the system.</summary>
    /// <param name="bytes">How many bytes, rounded up to whole pages.</param>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public NativePages(long bytes) : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var isLarge = bytes >= HugePage;
        long page = isLarge && !OperatingSystem.IsWindows() ? HugePage : Environment.SystemPageSize;
        Bytes = checked(Math.Max(bytes, 1) + page - 1) / page * page;
        if (OperatingSystem.IsWindows()) SetHandle(VirtualAlloc(0, (nuint)Bytes, CommitAndReserve, PageReadWrite));
        else if (isLarge) SetHandle(MapAligned(Bytes));
        else SetHandle(Map(Bytes));
        if (IsInvalid) throw new InsufficientMemoryException($"the system has no {Bytes} bytes of memory");
        AskedForHugePages = isLarge && OperatingSystem.IsLinux() && Advise(handle, (nuint)Bytes, AdviseHugePage) == 0;
    }

    public long Bytes { get; }

    public byte* Pointer => (byte*)handle;

    /// <summary>Whether the system was asked for huge pages; it gives them where it can.</summary>
    public bool AskedForHugePages { get; }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => OperatingSystem.IsWindows()
        ? VirtualFree(handle, 0, Release) != 0
        : Unmap(handle, (nuint)Bytes) == 0;

    private static nint Map(long bytes)
    {
        var address = Map(0, (nuint)bytes, ReadWrite, OperatingSystem.IsMacOS() ? 0x1002 : 0x22, -1, 0);
        return address == -1 ? 0 : address;
    }

    // Takes a huge page more than needed, and gives back what lies before and behind the aligned part.
    private static nint MapAligned(long bytes)
    {
        var taken = Map(checked(bytes + HugePage));
        if (taken == 0) return 0;
        var aligned = (nint)((taken + HugePage - 1) & ~(HugePage - 1));
        var (before, behind) = (aligned - taken, taken + HugePage - aligned);
        if (before > 0) _ = Unmap(taken, (nuint)before);
        if (behind > 0) _ = Unmap((nint)(aligned + bytes), (nuint)behind);
        return aligned;
    }

    private const int ReadWrite = 1 | 2, AdviseHugePage = 14;
    private const uint CommitAndReserve = 0x3000, PageReadWrite = 4, Release = 0x8000;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(nint address, nuint size, uint type);
}
