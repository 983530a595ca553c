using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// Machine code in pages of its own: written while they are writable, then made executable, never both at once. Freed when
/// nobody refers to it any more.
/// </summary>
internal sealed unsafe partial class CodePages : SafeHandle
{
    /// <summary>What is said where code cannot be made.</summary>
    public const string Forbidden = "this system forbids machine code made at run time";

    private readonly nuint _bytes;

    /// <summary>Reserves writable pages for code.</summary>
    /// <param name="bytes">How many bytes the code has at most.</param>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public CodePages(int bytes) : base(0, ownsHandle: true)
    {
        _bytes = ((nuint)bytes + (nuint)Environment.SystemPageSize - 1) & ~((nuint)Environment.SystemPageSize - 1);
        if (OperatingSystem.IsWindows())
        {
            SetHandle(VirtualAlloc(0, _bytes, CommitAndReserve, PageReadWrite));
            if (IsInvalid) throw new InsufficientMemoryException($"no {_bytes} bytes for machine code");
        }
        else
        {
            var address = MMap(0, _bytes, ReadWrite, PrivateAnonymous, -1, 0);
            if (address == -1) throw new InsufficientMemoryException($"no {_bytes} bytes for machine code");
            SetHandle(address);
        }
    }

    /// <summary>How much memory the pages take.</summary>
    public long Bytes => (long)_bytes;

    /// <summary>The first byte.</summary>
    public nint Address => handle;

    public override bool IsInvalid => handle == 0;

    private static int PrivateAnonymous => OperatingSystem.IsMacOS() ? 0x1002 : 0x22;

    /// <summary>Writes the code and makes it executable; it can be written no more.</summary>
    /// <exception cref="NotSupportedException">The system forbids code made at run time.</exception>
    public void Seal(ReadOnlySpan<byte> code)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)code.Length, _bytes);
        code.CopyTo(new Span<byte>((void*)handle, code.Length));
        var isSealed = OperatingSystem.IsWindows()
            ? VirtualProtect(handle, _bytes, PageExecuteRead, out _) != 0
            : MProtect(handle, _bytes, ReadExecute) == 0;
        if (!isSealed) throw new NotSupportedException(Forbidden);
    }

    protected override bool ReleaseHandle() => OperatingSystem.IsWindows()
        ? VirtualFree(handle, 0, Release) != 0
        : MUnmap(handle, _bytes) == 0;

    private const int ReadWrite = 1 | 2, ReadExecute = 1 | 4;
    private const uint CommitAndReserve = 0x3000, PageReadWrite = 4, PageExecuteRead = 0x20, Release = 0x8000;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint MMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MProtect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MUnmap(nint address, nuint length);

    [LibraryImport("kernel32")]
    private static partial nint VirtualAlloc(nint address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(nint address, nuint size, uint protection, out uint before);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(nint address, nuint size, uint type);
}
