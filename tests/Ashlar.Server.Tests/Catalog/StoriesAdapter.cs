using System.Runtime.InteropServices;
using System.Text;
using Ashlar.Models;
using Ashlar.Models.Gguf;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Server.Tests.Catalog;

/// <summary>Random adapters of a model's queries, as files.</summary>
internal static class StoriesAdapter
{
    /// <summary>Writes a GGUF file.</summary>
    public static void WriteGguf(LanguageModel model, string path, int seed, int rank = 4)
    {
        var writer = new GgufWriter();
        writer.Add("general.type", "adapter");
        writer.Add("general.architecture", model.Configuration.Architecture);
        writer.Add("adapter.type", "lora");
        writer.Add("adapter.lora.alpha", 8f);
        foreach (var (layer, down, up) in Layers(model, seed, rank))
        {
            writer.AddTensor($"blk.{layer}.attn_q.weight.lora_a", DType.F32, [rank, model.Configuration.Width], down);
            writer.AddTensor($"blk.{layer}.attn_q.weight.lora_b", DType.F32, [up.Length / 4 / rank, rank], up);
        }

        writer.Write(path);
    }

    /// <summary>Writes a folder as PEFT does.</summary>
    public static void WritePeft(LanguageModel model, string folder, int seed, int rank = 4)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "adapter_config.json"),
            $$"""{"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": {{rank}}, "lora_alpha": 8, "bias": "none", "target_modules": ["q_proj"]}""",
            Encoding.ASCII);
        var writer = new SafetensorsWriter();
        foreach (var (layer, down, up) in Layers(model, seed, rank))
        {
            var module = $"base_model.model.model.layers.{layer}.self_attn.q_proj";
            writer.AddTensor($"{module}.lora_A.weight", DType.F32, [rank, model.Configuration.Width], down);
            writer.AddTensor($"{module}.lora_B.weight", DType.F32, [up.Length / 4 / rank, rank], up);
        }

        writer.Write(Path.Combine(folder, "adapter_model.safetensors"));
    }

    private static IEnumerable<(int Layer, byte[] Down, byte[] Up)> Layers(LanguageModel model, int seed, int rank)
    {
        var random = new Random(seed);
        for (var layer = 0; layer < model.Configuration.Layers; layer++)
        {
            var outputs = (int)model.Tensors[$"blk.{layer}.attn_q.weight"].Sizes[0];
            yield return (layer, Numbers(rank * model.Configuration.Width), Numbers(outputs * rank));
        }

        byte[] Numbers(int count) =>
            MemoryMarshal.AsBytes<float>(Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f).ToArray()).ToArray();
    }
}
