namespace Ashlar.Models.Safetensors;

/// <summary>
/// The tensors of a model in the safetensors format, mapped into memory: one file, or shards and their index. Everything
/// that the files say of themselves is checked when they are opened.
/// Source: https://github.com/huggingface/safetensors#format.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly SafetensorsPart[] _parts;
    private readonly OrderedDictionary<string, SafetensorsTensor> _tensors;

    private SafetensorsFile(SafetensorsPart[] parts, OrderedDictionary<string, SafetensorsTensor> tensors) =>
        (_parts, _tensors) = (parts, tensors);

    /// <summary>The paths of the files that hold tensors.</summary>
    public IReadOnlyList<string> Paths => [.. _parts.Select(part => part.Path)];

    /// <summary>Bytes of all those files together.</summary>
    public long ByteLength => _parts.Sum(part => part.Length);

    /// <summary>The free texts of <c>__metadata__</c>; of a sharded model, those of the first shard.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _parts[0].Metadata;

    /// <summary>
    /// The tensors by name. One file's are enumerated in the order of their data; a sharded model's in the order of the
    /// index, which alone says what belongs to the model.
    /// </summary>
    public IReadOnlyDictionary<string, SafetensorsTensor> Tensors => _tensors;

    /// <summary>Opens a model.</summary>
    /// <param name="path">A safetensors file, or an index (<c>….index.json</c>), or a folder with either.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or a shard is missing.</exception>
    /// <exception cref="InvalidDataException">A file breaks a rule of the format; the message names place and mend.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = Directory.Exists(path) ? Find(path) : path;
        return file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? OpenShards(file) : OpenOne(file);
    }

    /// <summary>Unmaps the files. Pointers and spans of their tensors are no longer valid.</summary>
    public void Dispose()
    {
        foreach (var part in _parts) part.Dispose();
    }

    private static string Find(string folder)
    {
        foreach (var name in (string[])[SafetensorsIndex.FileName, "model.safetensors"])
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path)) return path;
        }

        var files = Directory.GetFiles(folder, "*.safetensors");
        return files.Length == 1
            ? files[0]
            : throw new FileNotFoundException(
                $"'{folder}' holds neither '{SafetensorsIndex.FileName}' nor 'model.safetensors', and {files.Length} other "
                + "safetensors files; name the file to open");
    }

    private static SafetensorsFile OpenOne(string path)
    {
        var part = SafetensorsPart.Open(path);
        return new SafetensorsFile([part], part.Tensors);
    }

    private static SafetensorsFile OpenShards(string index)
    {
        var folder = Path.GetDirectoryName(index) ?? "";
        var shardOf = SafetensorsIndex.Read(index);
        if (shardOf.Count == 0) SafetensorsHeader.Fail(index, "index", "names no tensors");

        var parts = new OrderedDictionary<string, SafetensorsPart>(StringComparer.Ordinal);
        try
        {
            var tensors = new OrderedDictionary<string, SafetensorsTensor>(shardOf.Count, StringComparer.Ordinal);
            foreach (var (name, shard) in shardOf)
            {
                if (!parts.TryGetValue(shard, out var part))
                {
                    parts.Add(shard, part = OpenShard(Path.Combine(folder, shard), index));
                }

                if (!part.Tensors.TryGetValue(name, out var tensor))
                {
                    SafetensorsHeader.Fail(
                        index,
                        $"tensor '{Printable.Name(name)}'",
                        $"is not in '{shard}', where the index has it",
                        "download index and shards again, from one place");
                }

                tensors.Add(name, tensor);
            }

            return new SafetensorsFile([.. parts.Values], tensors);
        }
        catch
        {
            foreach (var part in parts.Values) part.Dispose();
            throw;
        }
    }

    private static SafetensorsPart OpenShard(string path, string index)
    {
        return File.Exists(path)
            ? SafetensorsPart.Open(path)
            : throw new FileNotFoundException(
                $"'{index}' names the shard '{path}', which is missing; download it into the same folder", path);
    }
}
