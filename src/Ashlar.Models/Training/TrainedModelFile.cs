using Ashlar.Models.Gguf;
using Ashlar.Models.Synthetic;
using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Models.Training;

/// <summary>Writes a trained model as a GGUF file that <see cref="LanguageModel.Load"/> takes.</summary>
public static class TrainedModelFile
{
    private const string Tokenizer = "tokenizer.", FileType = "general.file_type", Version = "general.quantization_version";
    private const string TemplateKey = "tokenizer.chat_template";

    /// <summary>The metadata of a new model.</summary>
    /// <param name="name">The model's name, as other programs show it.</param>
    /// <param name="shape">Its numbers.</param>
    /// <param name="tokenizer">The metadata of a GGUF file whose tokenizer it has.</param>
    /// <param name="chatTemplate">Its chat template; null for the tokenizer's own, if any.</param>
    public static OrderedDictionary<string, GgufValue> Describe(
        string name, ModelShape shape, GgufMetadata tokenizer, string? chatTemplate = null)
    {
        var metadata = new OrderedDictionary<string, GgufValue>(StringComparer.Ordinal);
        shape.AddTo(metadata);
        metadata["general.name"] = GgufValue.From(name);
        foreach (var (key, value) in tokenizer)
        {
            if (key.StartsWith(Tokenizer, StringComparison.Ordinal)) metadata[key] = value;
        }

        if (chatTemplate is not null) metadata[TemplateKey] = GgufValue.From(chatTemplate);
        return metadata;
    }

    /// <summary>The metadata of a model that began as another one.</summary>
    public static OrderedDictionary<string, GgufValue> Describe(GgufMetadata original)
    {
        var metadata = new OrderedDictionary<string, GgufValue>(StringComparer.Ordinal);
        foreach (var (key, value) in original)
        {
            if (!key.StartsWith("split.", StringComparison.Ordinal)) metadata[key] = value;
        }

        return metadata;
    }

    /// <summary>Writes the file, in place of one that is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">What <see cref="Describe(string, ModelShape, GgufMetadata, string?)"/> gave.</param>
    /// <param name="tensors">The tensors by GGUF's names, F32 where they are to be converted.</param>
    /// <param name="type">
    /// What matrices are stored as; where rows do not fill its blocks, F16. Vectors and other tensors than F32 stay as they are.
    /// </param>
    /// <exception cref="ArgumentException">Nothing can be converted to the type.</exception>
    /// <exception cref="IOException">The file could not be written; one that was there is unchanged.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, GgufValue> metadata,
        IEnumerable<KeyValuePair<string, TensorData>> tensors, DType type)
    {
        var fileType = SyntheticTypes.Named(type.ToString()).FileType; // refuses what nothing can be converted to
        var writer = new GgufWriter();
        foreach (var (key, value) in metadata)
        {
            if (key is not (FileType or Version)) writer.Add(key, value);
        }

        if (fileType is { } number) writer.Add(FileType, (uint)number);
        writer.Add(Version, 2u);
        foreach (var (name, data) in tensors)
        {
            var stored = StoredAs(data, type);
            writer.AddTensor(name, stored, data.Sizes, stream => Supply(data, stored, stream));
        }

        writer.Write(path);
    }

    private static DType StoredAs(TensorData data, DType type) =>
        data.Type != DType.F32 || data.Sizes.Length < 2 ? data.Type
        : data.Sizes[^1] % type.BlockElements == 0 ? type
        : DType.F16;

    // Some rows at a time: a matrix is not in memory twice.
    private static unsafe void Supply(TensorData data, DType type, Stream stream)
    {
        const int Piece = 1 << 22;
        var row = data.Sizes.Length == 0 ? 1 : data.Sizes[^1];
        var step = Math.Max(1, Piece / row) * row;
        for (var done = 0L; done < data.Elements; done += step)
        {
            var count = (int)Math.Min(step, data.Elements - done);
            var bytes = new ReadOnlySpan<byte>(
                data.Pointer + data.Type.ByteLength(done), checked((int)data.Type.ByteLength(count)));
            if (type == data.Type)
            {
                stream.Write(bytes);
                continue;
            }

            var converted = new byte[type.ByteLength(count)];
            NumberFormats.Quantize(type, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes), converted);
            stream.Write(converted);
        }

        GC.KeepAlive(data);
    }
}
