using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Tensors;
using Ashlar.Tensors.Formats;

namespace Ashlar.Bench.Quality;

/// <summary>
/// Writes a model with its matrices in another type; vectors, and matrices whose rows do not fill its blocks, stay F32.
/// </summary>
internal static class Requantizer
{
    /// <summary>Whether the type can be made, and some matrix of the model takes it.</summary>
    public static bool Fits(LanguageModel model, DType type) =>
        NumberFormats.CanQuantize(type) && model.Tensors.Values.Any(tensor => IsMatrixOf(tensor, type));

    /// <summary>Writes a GGUF file.</summary>
    public static void Write(LanguageModel model, DType type, string path)
    {
        var writer = new GgufWriter();
        foreach (var (key, value) in model.Metadata!)
        {
            if (key != "general.file_type") writer.Add(key, value); // it would no longer be true
        }

        foreach (var (name, tensor) in model.Tensors)
        {
            var target = IsMatrixOf(tensor, type) ? type : DType.F32;
            writer.AddTensor(name, target, tensor.Sizes, Encoded(tensor, target));
        }

        writer.Write(path);
    }

    private static bool IsMatrixOf(TensorData tensor, DType type) =>
        tensor.Sizes.Length == 2 && tensor.Sizes[^1] % type.BlockElements == 0;

    private static unsafe byte[] Encoded(TensorData tensor, DType type)
    {
        var count = 1;
        foreach (var size in tensor.Sizes) count *= checked((int)size);
        var (numbers, bytes) = (new float[count], new byte[type.ByteLength(count)]);
        NumberFormats.Dequantize(tensor.Type, new ReadOnlySpan<byte>(tensor.Pointer, checked((int)tensor.Bytes)), numbers);
        NumberFormats.Quantize(type, numbers, bytes);
        return bytes;
    }
}
