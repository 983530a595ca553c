using System.Runtime.InteropServices;

namespace Ashlar.Cli.Machine;

/// <summary>Finds out whether the system lets memory that was written be made executable.</summary>
internal static class RuntimeCode
{
    private const int Read = 1;
    private const int Write = 2;
    private const int Execute = 4;
    private const int Private = 2;

    private static int Anonymous => OperatingSystem.IsMacOS() ? 0x1000 : 0x20;

    /// <summary>Tries it with one page; null on systems where this is not tried.</summary>
    public static bool? IsAllowed()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return null;

        nint length = Environment.SystemPageSize;
        var page = Map(0, length, Read | Write, Private | Anonymous, -1, 0);
        if (page == -1) return false;

        Marshal.WriteByte(page, 1);
        var allowed = Protect(page, length, Read | Execute) == 0;
        _ = Unmap(page, length);
        return allowed;
    }

    [DllImport("libc", EntryPoint = "mmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Protect(nint address, nint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unmap(nint address, nint length);
}
