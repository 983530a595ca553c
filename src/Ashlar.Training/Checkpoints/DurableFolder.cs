using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Ashlar.Training.Checkpoints;

/// <summary>Folders whose entries survive a loss of power.</summary>
internal static partial class DurableFolder
{
    private const int ReadOnly = 0;

    /// <summary>Sees to it that what was written, named and renamed in a folder is on the disk.</summary>
    /// <exception cref="IOException">The system reports an error.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // there entries are written with the files
        var descriptor = Open(folder, ReadOnly);
        var failed = descriptor < 0 || Synchronize(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        if (descriptor >= 0) _ = Close(descriptor);
        if (failed) throw new IOException($"folder '{folder}' could not be written: {new Win32Exception(error).Message}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
