using Ashlar.Models.Storage;

namespace Ashlar.Models.Gguf;

/// <summary>One file: a whole model, or a part of a split one.</summary>
internal sealed class GgufPart : IDisposable
{
    private readonly MappedFile _file;
    private readonly NativeCopies? _copies;

    private GgufPart(MappedFile file)
    {
        _file = file;
        var header = GgufHeader.Read(file);
        (Version, IsBigEndian, Alignment, Metadata) = (header.Version, header.IsBigEndian, header.Alignment, header.Metadata);
        _copies = IsBigEndian == BitConverter.IsLittleEndian ? new NativeCopies() : null;
        Tensors = [.. header.Tensors.Select(tensor =>
            new GgufTensor(file, _copies, tensor.Offset, tensor.Name, tensor.Type, tensor.Shape))];
    }

    public string Path => _file.Path;

    public int Version { get; }

    public bool IsBigEndian { get; }

    public long Alignment { get; }

    public GgufMetadata Metadata { get; }

    public GgufTensor[] Tensors { get; }

    public long Length => _file.Length;

    public static GgufPart Open(string path) => MappedFile.Open(path).HandTo(file => new GgufPart(file));

    public void Dispose()
    {
        _copies?.Dispose();
        _file.Dispose();
    }
}
