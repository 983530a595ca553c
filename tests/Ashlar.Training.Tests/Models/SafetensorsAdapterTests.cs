using Ashlar.Models;
using Ashlar.Models.Adapters;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;
using Ashlar.Training.Models;
using Ashlar.Training.Tests.Data;

namespace Ashlar.Training.Tests.Models;

public class SafetensorsAdapterTests
{
    private const string Config = """
        {"model_type": "llama", "vocab_size": 320, "max_position_embeddings": 64, "hidden_size": 32, "intermediate_size": 48,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-5, "rope_theta": 10000,
         "hidden_act": "silu", "tie_word_embeddings": true}
        """;

    // GGUF files have the rows of queries and keys in another order than safetensors.
    [Fact]
    public void An_adapter_of_a_safetensors_model_is_read_back_with_each_row_in_its_place()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        using var model = LanguageModel.Load(folder.Path);
        var random = new Random(1);
        var matrices = new Dictionary<string, TensorData>();
        foreach (var (layer, inputs, outputs) in ((string, int, int)[])
            [("attn_q", 32, 32), ("attn_k", 32, 16), ("attn_v", 32, 16), ("ffn_down", 48, 32)])
        {
            matrices.Add($"blk.1.{layer}.weight.lora_a", Random(3, inputs));
            matrices.Add($"blk.1.{layer}.weight.lora_b", Random(outputs, 3));
        }

        AdapterFile.Write(folder.Of("adapter.gguf"), "a", model.Configuration, alpha: 3, matrices);
        var adapter = LoraAdapter.Load(folder.Of("adapter.gguf"), model);
        Assert.Equal(4, adapter.Layers.Count);
        foreach (var (layer, read) in adapter.Layers)
        {
            Assert.Equal(matrices[$"{layer}.weight.lora_a"].AsSpan<float>().ToArray(), read.Down.ToArray());
            Assert.Equal(matrices[$"{layer}.weight.lora_b"].AsSpan<float>().ToArray(), read.Up.ToArray());
        }

        TensorData Random(int rows, int columns) => TensorData.From<float>(
            [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle())], rows, columns);
    }

    private static void Write(TemporaryFolder folder)
    {
        folder.Write("config.json", Config);
        var weights = TinyModel.Weights(TinyModel.Shape("llama") with { IsTied = true }, seed: 2);
        var writer = new SafetensorsWriter();
        foreach (var (name, data) in weights)
        {
            var own = name.Replace("blk.", "model.layers.", StringComparison.Ordinal)
                .Replace("token_embd", "model.embed_tokens", StringComparison.Ordinal)
                .Replace("output_norm", "model.norm", StringComparison.Ordinal)
                .Replace("attn_norm", "input_layernorm", StringComparison.Ordinal)
                .Replace("ffn_norm", "post_attention_layernorm", StringComparison.Ordinal)
                .Replace("attn_output", "self_attn.o_proj", StringComparison.Ordinal);
            foreach (var part in (string[])["q", "k", "v"])
            {
                own = own.Replace($"attn_{part}", $"self_attn.{part}_proj", StringComparison.Ordinal);
            }

            foreach (var part in (string[])["gate", "up", "down"])
            {
                own = own.Replace($"ffn_{part}", $"mlp.{part}_proj", StringComparison.Ordinal);
            }

            writer.AddTensor(own, DType.F32, data.Sizes, data.AsSpan<byte>().ToArray());
        }

        writer.Write(folder.Of("model.safetensors"));
    }
}
