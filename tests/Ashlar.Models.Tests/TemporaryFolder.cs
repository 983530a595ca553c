namespace Ashlar.Models.Tests;

/// <summary>A folder of a test's own, gone when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ashlar-");

    public string FullName => _folder.FullName;

    public string File(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes a file, or over a file, and returns its path.</summary>
    public string Put(string name, ReadOnlySpan<byte> bytes)
    {
        // Without emptying the file first, which some file systems answer by waiting for the disk.
        using var file = System.IO.File.OpenHandle(File(name), FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(file, bytes, 0);
        RandomAccess.SetLength(file, bytes.Length);
        return File(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
