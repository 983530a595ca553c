using Ashlar.Engine.Cache;

namespace Ashlar.Engine.Tiers;

/// <summary>
/// Blocks of keys and values in a folder, a file each, named by the block. What was used longest ago goes when the folder is full.
/// A file is written under another name and then renamed: whatever ends the process, there are whole files only; one that was
/// damaged is noticed when it is read, and removed. Several processes may share a folder. For any thread.
/// </summary>
internal sealed class DiskTier
{
    private const string Ending = ".kv", PartEnding = ".part";

    private readonly string _folder;
    private readonly long _capacity;
    private readonly Lock _gate = new();
    private readonly Dictionary<BlockName, LinkedListNode<(BlockName Name, long Bytes)>> _files = [];
    private readonly LinkedList<(BlockName Name, long Bytes)> _byUse = new(); // what was used longest ago first

    /// <summary>Opens a folder, and makes it where it is missing.</summary>
    /// <param name="folder">Its path.</param>
    /// <param name="capacity">Bytes of files at most.</param>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made or read.</exception>
    public DiskTier(string folder, long capacity)
    {
        (_folder, _capacity) = (folder, capacity);
        var info = Directory.CreateDirectory(folder);
        foreach (var file in info.EnumerateFiles($"*{PartEnding}")) Sweep(file);
        foreach (var file in info.EnumerateFiles($"*{Ending}").OrderBy(file => file.LastAccessTimeUtc))
        {
            var digits = Path.GetFileNameWithoutExtension(file.Name);
            if (!BlockName.TryParse(digits, out var name)) continue;
            _files[name] = _byUse.AddLast((name, file.Length));
            Bytes += file.Length;
        }

        MakeRoom();
    }

    /// <summary>Bytes of all files.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many blocks there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _files.Count;
        }
    }

    /// <summary>Blocks that were damaged, and removed.</summary>
    public long Damaged { get; private set; }

    public bool Contains(BlockName name)
    {
        lock (_gate) return _files.ContainsKey(name);
    }

    /// <summary>Reads a block.</summary>
    /// <param name="name">The block.</param>
    /// <param name="file">Receives the file; it must be as large.</param>
    /// <returns>
    /// Whether it is there, and whole. If not, it is not asked for again until it is written again; its file is removed if it is
    /// damaged, and stays if it could not be opened or read: that may be different the next time.
    /// </returns>
    public bool TryRead(BlockName name, Span<byte> file)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(name, out var node)) return false;
            _byUse.Remove(node);
            _byUse.AddLast(node);
        }

        try
        {
            using var handle = File.OpenHandle(PathOf(name));
            if (RandomAccess.GetLength(handle) == file.Length && Fill(handle, file) && BlockFile.Problem(file, name) is null) return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Forget(name); // another process may have made room, or too many files are open
            return false;
        }

        Damaged++;
        Remove(name);
        return false;
    }

    /// <summary>Keeps a block.</summary>
    /// <param name="name">The block.</param>
    /// <param name="file">The file.</param>
    /// <exception cref="IOException">It could not be written; nothing changed.</exception>
    /// <exception cref="UnauthorizedAccessException">It could not be written; nothing changed.</exception>
    public void Write(BlockName name, ReadOnlySpan<byte> file)
    {
        if (file.Length > _capacity || Contains(name)) return;
        var part = Path.Combine(_folder, $"{name}-{Environment.ProcessId}{PartEnding}");
        try
        {
            // Kept open until it has its name: who sweeps sees by that that somebody still writes it.
            using var handle = File.OpenHandle(part, FileMode.Create, FileAccess.Write, FileShare.Delete);
            RandomAccess.Write(handle, file, fileOffset: 0);
            File.Move(part, PathOf(name), overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }

        lock (_gate)
        {
            _files[name] = _byUse.AddLast((name, file.Length));
            Bytes += file.Length;
            MakeRoom();
        }
    }

    // Removes what a process left that was killed while it wrote; what another writes just now is open, and stays.
    private static void Sweep(FileInfo part)
    {
        try
        {
            using (part.Open(FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
            }

            part.Delete();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not ours to remove.
        }
    }

    private static bool Fill(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> bytes)
    {
        for (var offset = 0; offset < bytes.Length;)
        {
            var read = RandomAccess.Read(handle, bytes[offset..], offset);
            if (read == 0) return false;
            offset += read;
        }

        return true;
    }

    private void MakeRoom()
    {
        while (Bytes > _capacity) Remove(_byUse.First!.Value.Name);
    }

    private bool Forget(BlockName name)
    {
        lock (_gate)
        {
            if (!_files.Remove(name, out var node)) return false;
            _byUse.Remove(node);
            Bytes -= node.Value.Bytes;
            return true;
        }
    }

    private void Remove(BlockName name)
    {
        if (!Forget(name)) return;
        try
        {
            File.Delete(PathOf(name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is forgotten all the same; the next start finds it again.
        }
    }

    private string PathOf(BlockName name) => Path.Combine(_folder, name + Ending);
}
