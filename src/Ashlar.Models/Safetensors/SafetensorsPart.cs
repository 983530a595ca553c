using Ashlar.Models.Storage;

namespace Ashlar.Models.Safetensors;

/// <summary>One file: a whole model, or a shard of one.</summary>
internal sealed class SafetensorsPart : IDisposable
{
    private readonly MappedFile _file;

    // The format is little endian.
    private readonly NativeCopies? _copies = BitConverter.IsLittleEndian ? null : new NativeCopies();

    private SafetensorsPart(MappedFile file)
    {
        _file = file;
        var header = SafetensorsHeader.Read(file);
        Metadata = header.Metadata;
        Tensors = new OrderedDictionary<string, SafetensorsTensor>(header.Entries.Count, StringComparer.Ordinal);
        foreach (var entry in header.Entries)
        {
            Tensors.Add(
                entry.Name,
                new SafetensorsTensor(file, _copies, header.DataStart + entry.Begin, entry.Name, entry.Type, entry.Shape));
        }
    }

    public string Path => _file.Path;

    public long Length => _file.Length;

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors in the order of their data.</summary>
    public OrderedDictionary<string, SafetensorsTensor> Tensors { get; }

    public static SafetensorsPart Open(string path) => MappedFile.Open(path).HandTo(file => new SafetensorsPart(file));

    public void Dispose()
    {
        _copies?.Dispose();
        _file.Dispose();
    }
}
