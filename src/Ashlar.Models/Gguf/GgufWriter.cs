using Ashlar.Models.Storage;
using Ashlar.Tensors;

namespace Ashlar.Models.Gguf;

/// <summary>
/// Writes a GGUF file: first it is told the metadata and the tensors, then <see cref="Write"/> has the tensors' elements
/// supplied one tensor after another, so that none need be in memory. Keys and tensors stand in the file in the order in
/// which they were added. Tensors begin at multiples of <c>general.alignment</c>, 32 bytes unless that key is added.
/// </summary>
public sealed class GgufWriter
{
    private readonly OrderedDictionary<string, GgufValue> _metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, TensorToWrite> _tensors = new(StringComparer.Ordinal);
    private int _nameBytes;

    /// <summary>The version of the format, 2 or 3 (the default). They differ only in that number.</summary>
    public int Version { get; init; } = 3;

    /// <summary>
    /// Whether to store numbers with the most significant byte first. Elements are supplied in this machine's order all the same.
    /// </summary>
    public bool IsBigEndian { get; init; }

    /// <summary>Adds a metadata value.</summary>
    /// <exception cref="ArgumentException">
    /// The key was added before, or is longer than 65 535 bytes, or is not valid Unicode.
    /// </exception>
    public void Add(string key, GgufValue value)
    {
        CheckName(key, GgufLimits.KeyBytes);
        if (_metadata.Count == GgufLimits.Keys)
        {
            throw new ArgumentException($"a file has at most {GgufLimits.Keys} metadata keys", nameof(key));
        }

        if (!_metadata.TryAdd(key, value)) throw new ArgumentException($"metadata key '{key}' is added twice", nameof(key));
    }

    /// <summary>Adds a string.</summary>
    public void Add(string key, string value) => Add(key, GgufValue.From(value));

    /// <summary>Adds an integer of 8 to 64 bits, a float, a double or a truth value, stored as the type that is given.</summary>
    public void Add<T>(string key, T value)
        where T : unmanaged => Add(key, GgufValue.From(value));

    /// <summary>Adds all keys and values of another file.</summary>
    public void Add(GgufMetadata metadata)
    {
        foreach (var (key, value) in metadata) Add(key, value);
    }

    /// <summary>Adds a tensor whose elements are supplied when the file is written.</summary>
    /// <param name="name">Its name, at most 1024 bytes; other programs often read only 63.</param>
    /// <param name="type">How elements are stored; anything but <see cref="DType.Bool"/>, which GGUF does not have.</param>
    /// <param name="shape">At most four sizes above 0, the outermost first; the last a multiple of the type's block.</param>
    /// <param name="supply">Writes exactly the tensor's bytes to the stream it is given, in this machine's byte order.</param>
    /// <exception cref="ArgumentException">The name was added before, or name, type or shape are not as said.</exception>
    public void AddTensor(string name, DType type, ReadOnlySpan<long> shape, Action<Stream> supply)
    {
        CheckName(name, GgufLimits.TensorNameBytes);
        if (!GgmlTypes.TryGetId(type, out _))
        {
            throw new ArgumentException($"tensor '{name}': GGUF has no element type {type}; convert it to another", nameof(type));
        }

        if (shape.Length > GgufLimits.Dimensions)
        {
            throw new ArgumentException(
                $"tensor '{name}' has {shape.Length} dimensions, GGUF at most {GgufLimits.Dimensions}", nameof(shape));
        }

        if (shape.Contains(0L))
        {
            throw new ArgumentException($"tensor '{name}' has no elements, which GGUF cannot say", nameof(shape));
        }

        if (_tensors.Count == GgufLimits.Tensors)
        {
            throw new ArgumentException($"a file has at most {GgufLimits.Tensors} tensors", nameof(name));
        }

        if (!_tensors.TryAdd(name, TensorToWrite.Create(name, type, shape, supply)))
        {
            throw new ArgumentException($"tensor '{name}' is added twice", nameof(name));
        }
    }

    /// <summary>Adds a tensor whose bytes, in this machine's byte order, are in memory.</summary>
    public void AddTensor(string name, DType type, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> bytes) =>
        AddTensor(name, type, shape, stream => stream.Write(bytes.Span));

    /// <summary>Adds a tensor of another file, which must stay open until this one is written.</summary>
    public void AddTensor(StoredTensor tensor) =>
        AddTensor(tensor.Name, tensor.Type, [.. tensor.Shape], TensorToWrite.From(tensor));

    /// <summary>
    /// Writes the file. It takes the place of a file of that name only when it is whole: a failure leaves the old one.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A tensor's supplier gave another number of bytes than the tensor has.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path)
    {
        if (Version is not (2 or 3))
        {
            throw new InvalidOperationException($"GGUF version {Version} cannot be written; choose 2 or 3");
        }

        var alignment = Alignment();
        AtomicFile.Write(path, file =>
        {
            var output = new GgufOutput(file, IsBigEndian);
            output.Header(Version, _metadata, _tensors.Values, alignment);
            foreach (var tensor in _tensors.Values)
            {
                tensor.WriteTo(file, reverse: IsBigEndian == BitConverter.IsLittleEndian);
                output.Pad(alignment);
            }
        });
    }

    private long Alignment()
    {
        if (!_metadata.TryGetValue(GgufHeader.AlignmentKey, out var value)) return GgufHeader.DefaultAlignment;

        return value.TryGetInteger<long>(out var alignment) && GgufHeader.IsAlignment(alignment)
            ? alignment
            : throw new InvalidOperationException(
                $"'{GgufHeader.AlignmentKey}' is {value}, where a power of two from 8 to 2^30 is wanted");
    }

    private void CheckName(string name, int limit)
    {
        var bytes = GgufEncoding.StrictUtf8.GetByteCount(name); // throws an ArgumentException for half a surrogate pair
        if (bytes > limit)
        {
            throw new ArgumentException(
                $"the name '{Printable.Name(name)}' has {bytes} bytes, where at most {limit} are read", nameof(name));
        }

        if (bytes > GgufLimits.NameBytes - _nameBytes)
        {
            throw new ArgumentException($"the names together pass {GgufLimits.NameBytes} bytes", nameof(name));
        }

        _nameBytes += bytes;
    }
}
