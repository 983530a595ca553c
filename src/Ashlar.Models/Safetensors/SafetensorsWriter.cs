using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ashlar.Models.Storage;
using Ashlar.Tensors;

namespace Ashlar.Models.Safetensors;

/// <summary>
/// Writes a safetensors file: first it is told the metadata and the tensors, then <see cref="Write"/> has the tensors'
/// elements supplied one tensor after another, so that none need be in memory. Tensors are stored with the widest elements
/// first and otherwise as they were added, so that each is aligned to its elements.
/// </summary>
public sealed class SafetensorsWriter
{
    private const string MetadataName = "__metadata__";
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly OrderedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, TensorToWrite> _tensors = new(StringComparer.Ordinal);

    /// <summary>Adds a text to <c>__metadata__</c>.</summary>
    /// <exception cref="ArgumentException">The key was added before, or there are too many.</exception>
    public void Add(string key, string value)
    {
        if (_metadata.Count == SafetensorsLimits.MetadataEntries)
        {
            throw new ArgumentException($"a file has at most {SafetensorsLimits.MetadataEntries} metadata entries", nameof(key));
        }

        if (!_metadata.TryAdd(key, value)) throw new ArgumentException($"metadata key '{key}' is added twice", nameof(key));
    }

    /// <summary>Adds a tensor whose elements are supplied when the file is written.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">How elements are stored: a plain number or truth value, no block format.</param>
    /// <param name="shape">At most 16 sizes, 0 or more, the outermost first.</param>
    /// <param name="supply">Writes exactly the tensor's bytes to the stream it is given, in this machine's byte order.</param>
    /// <exception cref="ArgumentException">The name was added before, or name, type or shape are not as said.</exception>
    public void AddTensor(string name, DType type, ReadOnlySpan<long> shape, Action<Stream> supply)
    {
        if (name == MetadataName) throw new ArgumentException($"'{name}' is no name for a tensor", nameof(name));
        if (SafetensorsTypes.NameOf(type) is null)
        {
            throw new ArgumentException(
                $"tensor '{name}': safetensors has no element type {type}; dequantize it, or write GGUF", nameof(type));
        }

        if (shape.Length > SafetensorsLimits.Dimensions)
        {
            throw new ArgumentException(
                $"tensor '{name}' has {shape.Length} dimensions, where at most {SafetensorsLimits.Dimensions} are read",
                nameof(shape));
        }

        if (_tensors.Count == SafetensorsLimits.Tensors)
        {
            throw new ArgumentException($"a file has at most {SafetensorsLimits.Tensors} tensors", nameof(name));
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
    /// A tensor's supplier gave another number of bytes than the tensor has, or the header would pass the format's 100 MB.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path)
    {
        var tensors = _tensors.Values.OrderByDescending(tensor => tensor.Type.BlockBytes).ToArray(); // a stable sort
        var header = Header(tensors);
        AtomicFile.Write(path, file =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            file.Write(header);
            foreach (var tensor in tensors) tensor.WriteTo(file, reverse: !BitConverter.IsLittleEndian);
        });
    }

    private byte[] Header(TensorToWrite[] tensors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            if (_metadata.Count > 0) WriteMetadata(json);

            var begin = 0L;
            foreach (var tensor in tensors)
            {
                WriteEntry(json, tensor, begin, checked(begin + tensor.ByteLength));
                begin += tensor.ByteLength;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' '); // so that the data begin at a multiple of 8
        return buffer.Length <= SafetensorsLimits.HeaderBytes
            ? buffer.ToArray()
            : throw new InvalidOperationException(
                $"the header has {buffer.Length} bytes, where the format allows {SafetensorsLimits.HeaderBytes}; "
                + "split the model");
    }

    private void WriteMetadata(Utf8JsonWriter json)
    {
        json.WriteStartObject(MetadataName);
        foreach (var (key, value) in _metadata) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorToWrite tensor, long begin, long end)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", SafetensorsTypes.NameOf(tensor.Type));
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
