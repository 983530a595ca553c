using System.Runtime.InteropServices;
using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Engine.Tests.Adapters;

/// <summary>Random adapters of synthetic models, which have a vocabulary of texts too.</summary>
internal static class SyntheticAdapter
{
    private const float Range = 0.2f;

    /// <summary>Writes an adapter of all linear layers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Where to.</param>
    /// <param name="seed">What its numbers come of.</param>
    /// <param name="rank">Its rank.</param>
    public static void Write(LanguageModel model, string path, int seed, int rank)
    {
        var sizes = model.Configuration;
        var (width, inner, keys) = (sizes.Width, sizes.FeedForward, sizes.KeyHeads * sizes.HeadSize);
        (string Name, long Inputs, long Outputs)[] layers =
        [
            ("attn_q", width, sizes.Heads * sizes.HeadSize), ("attn_k", width, keys), ("attn_v", width, keys),
            ("attn_output", sizes.Heads * sizes.HeadSize, width),
            ("ffn_gate", width, inner), ("ffn_up", width, inner), ("ffn_down", inner, width),
        ];
        var random = new Random(seed);
        var writer = new GgufWriter();
        writer.Add("general.type", "adapter");
        writer.Add("general.architecture", sizes.Architecture);
        writer.Add("adapter.type", "lora");
        writer.Add("adapter.lora.alpha", 2f * rank);
        for (var block = 0; block < sizes.Layers; block++)
        {
            foreach (var (name, inputs, outputs) in layers)
            {
                Add($"blk.{block}.{name}.weight.lora_a", rank, inputs);
                Add($"blk.{block}.{name}.weight.lora_b", outputs, rank);
            }
        }

        writer.Write(path);

        void Add(string name, long rows, long columns)
        {
            var values = new float[rows * columns];
            foreach (ref var value in values.AsSpan()) value = Range * (2 * random.NextSingle() - 1);
            writer.AddTensor(name, DType.F32, [rows, columns], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        }
    }
}
