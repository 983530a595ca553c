using System.Runtime.InteropServices;
using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Training.Models;

/// <summary>
/// Writes a low-rank adapter as a GGUF file, in the form that <c>Ashlar.Models.Adapters.LoraAdapter</c> and other programs read.
/// </summary>
internal static class AdapterFile
{
    private const string Up = ".weight.lora_b";

    /// <summary>Writes the file, in place of one that is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The adapter's name.</param>
    /// <param name="model">The numbers of the model that it is for.</param>
    /// <param name="alpha">What the adapter adds is scaled by this over its rank.</param>
    /// <param name="matrices">The matrices, F32, as <c>LAYER.weight.lora_a</c> and <c>LAYER.weight.lora_b</c>.</param>
    /// <exception cref="IOException">The file could not be written.</exception>
    public static void Write(string path, string name, ModelConfiguration model, double alpha,
        IEnumerable<KeyValuePair<string, TensorData>> matrices)
    {
        var writer = new GgufWriter();
        writer.Add("general.architecture", model.Architecture);
        writer.Add("general.type", "adapter");
        writer.Add("general.name", name);
        writer.Add("adapter.type", "lora");
        writer.Add("adapter.lora.alpha", (float)alpha);
        foreach (var (tensor, data) in matrices)
        {
            writer.AddTensor(tensor, DType.F32, data.Sizes,
                stream => stream.Write(MemoryMarshal.AsBytes(Arrange(tensor, data, model).AsSpan())));
        }

        writer.Write(path);
    }

    // In GGUF files of some architectures the pairs that a rotary embedding turns lie side by side. A model from other files has
    // them in the two halves of a head: row i of the first half and row i of the second become rows 2 i and 2 i + 1.
    private static float[] Arrange(string tensor, TensorData data, ModelConfiguration model)
    {
        var values = data.AsSpan<float>();
        var heads = tensor.EndsWith($".attn_q{Up}", StringComparison.Ordinal) ? model.Heads
            : tensor.EndsWith($".attn_k{Up}", StringComparison.Ordinal) ? model.KeyHeads
            : 0;
        var isPaired = model.Architecture is "llama" or "mistral3" && model.Rotary is { Layout: RotaryLayout.Halves };
        if (heads == 0 || !isPaired) return values.ToArray();
        var (rank, size, half) = ((int)data.Sizes[1], model.HeadSize, model.HeadSize / 2);
        var arranged = new float[values.Length];
        for (var row = 0; row < heads * size; row++)
        {
            var (head, place) = (row / size * size, row % size);
            var paired = head + (place < half ? 2 * place : (2 * (place - half)) + 1);
            values.Slice(row * rank, rank).CopyTo(arranged.AsSpan(paired * rank));
        }

        return arranged;
    }
}
