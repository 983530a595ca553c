namespace Ashlar.Models.Storage;

/// <summary>
/// Writes a file under a name of its own beside the target and, once it is whole, puts it in the target's place. What has no
/// length, as <c>/dev/null</c> or an empty file, holds nothing to keep whole: it is written to, never replaced. Links are
/// followed.
/// </summary>
internal static class AtomicFile
{
    private const int BufferBytes = 1 << 16;

    /// <summary>
    /// Whoever reads <paramref name="path"/>, now or after a failure or a crash, finds the old file or the new one.
    /// </summary>
    /// <exception cref="IOException">It cannot be written there, as into a pipe.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var named = new FileInfo(path);
        var file = named.LinkTarget is null ? named : new FileInfo(named.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
        if (named.Exists && file is not { Exists: true, Length: > 0 })
        {
            using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, BufferBytes);
            if (!stream.CanSeek)
            {
                throw new IOException($"'{path}' is a pipe, into which this format cannot be written; give a file");
            }

            write(stream);
            return;
        }

        var target = file.FullName;
        var unfinished = $"{target}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
