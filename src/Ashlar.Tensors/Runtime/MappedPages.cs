using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>Memory that shows a file.</summary>
internal static unsafe partial class MappedPages
{
    private const int DontNeed = 4;

    /// <summary>
    /// Gives back the memory of a part of a file that is mapped for reading, when its content was repacked elsewhere: the whole
    /// pages in it. They come back from the file when they are read again, so this is for mapped files alone; other memory would
    /// lose what is in it.
    /// </summary>
    /// <param name="pointer">The first byte.</param>
    /// <param name="bytes">How many; less than a page is nothing.</param>
    /// <returns>The bytes that were given back; 0 on systems that do so by themselves.</returns>
    public static long Release(byte* pointer, long bytes)
    {
        if (bytes <= 0 || !(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())) return 0;
        var page = (nuint)Environment.SystemPageSize;
        var first = ((nuint)pointer + page - 1) / page * page;
        var end = ((nuint)pointer + (nuint)bytes) / page * page;
        return end > first && Advise(first, end - first, DontNeed) == 0 ? (long)(end - first) : 0;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nuint address, nuint length, int advice);
}
