using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Training.Models;

/// <summary>
/// Writes a low-rank adapter as a GGUF file, in the form that <c>Ashlar.Models.Adapters.LoraAdapter</c> and other programs read.
/// </summary>
internal static class AdapterFile
{
    /// <summary>Writes the file, in place of one that is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The adapter's name.</param>
    /// <param name="architecture">The model's architecture.</param>
    /// <param name="alpha">What the adapter adds is scaled by this over its rank.</param>
    /// <param name="matrices">The matrices, F32, as <c>LAYER.weight.lora_a</c> and <c>LAYER.weight.lora_b</c>.</param>
    /// <exception cref="IOException">The file could not be written.</exception>
    public static void Write(string path, string name, string architecture, double alpha,
        IEnumerable<KeyValuePair<string, TensorData>> matrices)
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", architecture);
        writer.Add("general.type", "adapter");
        writer.Add("general.name", name);
        writer.Add("adapter.type", "lora");
        writer.Add("adapter.lora.alpha", (float)alpha);
        foreach (var (tensor, data) in matrices)
        {
            writer.AddTensor(tensor, DType.F32, data.Sizes, stream => stream.Write(data.AsSpan<byte>()));
        }

        writer.Write(path);
    }
}
