namespace Ashlar.Models.Gguf;

/// <summary>
/// A GGUF model (version 2 or 3, of either byte order), mapped into memory, in one file or split into parts. Everything
/// that the file says of itself is checked when it is opened.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
/// </summary>
public sealed class GgufFile : IDisposable
{
    private readonly GgufPart[] _parts;
    private readonly OrderedDictionary<string, GgufTensor> _tensors;

    private GgufFile(GgufPart[] parts, OrderedDictionary<string, GgufTensor> tensors) => (_parts, _tensors) = (parts, tensors);

    /// <summary>The version of the format, 2 or 3.</summary>
    public int Version => _parts[0].Version;

    /// <summary>Whether numbers are stored with the most significant byte first. What is read from here is not.</summary>
    public bool IsBigEndian => _parts[0].IsBigEndian;

    /// <summary>The boundary, in bytes, at which tensors begin.</summary>
    public long Alignment => _parts[0].Alignment;

    /// <summary>The paths of the parts, in order; one for a model that is not split.</summary>
    public IReadOnlyList<string> Paths => [.. _parts.Select(part => part.Path)];

    /// <summary>Bytes of all parts together.</summary>
    public long ByteLength => _parts.Sum(part => part.Length);

    /// <summary>The metadata; of a split model, that of the first part.</summary>
    public GgufMetadata Metadata => _parts[0].Metadata;

    /// <summary>The tensors by name, enumerated in the order of the file; of a split model, those of all parts.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors => _tensors;

    /// <summary>Opens a model. Any part of a split model opens all of it.</summary>
    /// <exception cref="FileNotFoundException">The file, or a part of the model, is not there.</exception>
    /// <exception cref="InvalidDataException">The file breaks a rule of the format; the message names place and mend.</exception>
    public static GgufFile Open(string path)
    {
        var parts = GgufSplit.Open(path);
        try
        {
            return new GgufFile(parts, GgufSplit.Join(parts));
        }
        catch
        {
            foreach (var part in parts) part.Dispose();
            throw;
        }
    }

    /// <summary>Unmaps the file. Pointers and spans of its tensors are no longer valid; the metadata remains.</summary>
    public void Dispose()
    {
        foreach (var part in _parts) part.Dispose();
    }
}
