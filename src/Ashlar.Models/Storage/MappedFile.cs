using System.IO.MemoryMappedFiles;

namespace Ashlar.Models.Storage;

/// <summary>A whole file mapped for reading. Its pages are the machine's cache of the file: nothing is copied.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _start;

    private MappedFile(string path, long length, MemoryMappedFile mapping)
    {
        (Path, Length, _mapping) = (path, length, mapping);
        _view = mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);

        // The handle's value is the address of the view. Taking it so, rather than by AcquirePointer, leaves the count of
        // references alone: a file that its owner forgets is still unmapped by the handle's finalizer.
        _start = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle();
    }

    public string Path { get; }

    /// <summary>Bytes in the file when it was opened.</summary>
    public long Length { get; }

    /// <summary>The file's first byte, aligned to a page.</summary>
    /// <exception cref="ObjectDisposedException">The file was disposed.</exception>
    public byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(_start is null, typeof(MappedFile));
            return _start;
        }
    }

    /// <exception cref="InvalidDataException">The file is empty, or a pipe.</exception>
    public static MappedFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        MemoryMappedFile? mapping = null;
        try
        {
            if (!stream.CanSeek)
            {
                throw new InvalidDataException($"'{path}' is a pipe, which cannot be mapped; save what it brings in a file");
            }

            var length = stream.Length;
            if (length == 0) throw new InvalidDataException($"'{path}' is empty (byte 0); download or convert it again");

            mapping = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            return new MappedFile(path, length, mapping);
        }
        catch
        {
            mapping?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _start = null;
        _view.Dispose();
        _mapping.Dispose();
    }
}
