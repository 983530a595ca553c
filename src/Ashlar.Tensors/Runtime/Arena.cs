namespace Ashlar.Tensors.Runtime;

/// <summary>
/// One region of native memory for all values of a run: aligned to 2 MiB and in huge pages where it is as large, to a page where
/// not. Fresh memory is zeros, and costs nothing until it is touched; what was touched is kept. Not thread-safe.
/// </summary>
internal sealed unsafe class Arena : IDisposable
{
    private NativePages? _pages;

    /// <summary>The first byte; null before memory was asked for.</summary>
    public byte* Pointer => _pages is null ? null : _pages.Pointer;

    /// <summary>How many bytes there are.</summary>
    public long Bytes => _pages?.Bytes ?? 0;

    /// <summary>Whether the system was asked for huge pages.</summary>
    public bool AskedForHugePages => _pages?.AskedForHugePages ?? false;

    /// <summary>What keeps the memory valid while it is reachable, for views that may outlive the arena; null if none.</summary>
    public object? Owner => _pages;

    /// <summary>
    /// Whether a user was given a view of the present memory: then only the finalizer frees it, when no view is left. A larger
    /// region that takes its place is not lent.
    /// </summary>
    public bool IsLent { get; set; }

    /// <summary>Sees to it that there are so many bytes. A larger region replaces the old; the content is lost.</summary>
    /// <exception cref="OutOfMemoryException">The system has not that much memory; there is none then.</exception>
    public void Ensure(long bytes)
    {
        if (bytes <= Bytes) return;
        Dispose();
        _pages = new NativePages(bytes);
    }

    /// <summary>Frees the memory. The arena can be used again.</summary>
    public void Dispose()
    {
        if (!IsLent) _pages?.Dispose();
        (_pages, IsLent) = (null, false);
    }
}
