using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models.Synthetic;

/// <summary>
/// Random models of true size, named <c>synthetic:PRESET:TYPE</c>: what a GGUF file would hold, made in memory. They speak nonsense at the
/// speed of the model whose shape they have.
/// </summary>
internal static class SyntheticModel
{
    public const string Prefix = "synthetic:";

    /// <summary>Metadata and tensors of a random model.</summary>
    /// <exception cref="ArgumentException">The name has not this form, or names no preset or type.</exception>
    public static (GgufMetadata Metadata, IReadOnlyDictionary<string, TensorData> Tensors) Make(string name)
    {
        if (name[Prefix.Length..].Split(':') is not [var presetName, var typeName])
        {
            throw new ArgumentException($"'{name}' is no synthetic model; write synthetic:PRESET:TYPE, for instance synthetic:llama-3.2-1b:q4_0");
        }

        var (preset, types) = (SyntheticPreset.Named(presetName), SyntheticTypes.Named(typeName));
        return (new GgufMetadata(name, Metadata(name, preset, types)), new Weights(preset, types).Make());
    }

    private static OrderedDictionary<string, GgufValue> Metadata(string name, SyntheticPreset preset, SyntheticTypes types)
    {
        var metadata = new OrderedDictionary<string, GgufValue>
        {
            ["general.architecture"] = GgufValue.From(preset.Architecture),
            ["general.name"] = GgufValue.From(name),
        };
        if (types.FileType is { } fileType) metadata["general.file_type"] = GgufValue.From((uint)fileType);
        metadata["general.quantization_version"] = GgufValue.From(2u);
        Number("vocab_size", preset.Vocabulary);
        Number("context_length", preset.Context);
        Number("embedding_length", preset.Width);
        Number("block_count", preset.Layers);
        Number("feed_forward_length", preset.FeedForward);
        Number("attention.head_count", preset.Heads);
        if (preset.Architecture == "gpt2")
        {
            metadata["gpt2.attention.layer_norm_epsilon"] = GgufValue.From(preset.NormEpsilon);
        }
        else
        {
            Number("attention.head_count_kv", preset.KeyHeads);
            Number("attention.key_length", preset.HeadSize);
            Number("attention.value_length", preset.HeadSize);
            Number("rope.dimension_count", preset.HeadSize);
            if (preset.Window > 0) Number("attention.sliding_window", preset.Window);
            metadata[$"{preset.Architecture}.attention.layer_norm_rms_epsilon"] = GgufValue.From(preset.NormEpsilon);
            metadata[$"{preset.Architecture}.rope.freq_base"] = GgufValue.From(preset.RotaryBase);
        }

        SyntheticVocabulary.Add(metadata, preset.Vocabulary);
        return metadata;

        void Number(string key, int value) => metadata[$"{preset.Architecture}.{key}"] = GgufValue.From((uint)value);
    }

    // The tensors that the architectures take, in the order of a file.
    private sealed class Weights(SyntheticPreset preset, SyntheticTypes types)
    {
        private const ulong Seed = 20_240_707;

        private readonly RandomBlocks _random = new(Seed);
        private readonly OrderedDictionary<string, TensorData> _tensors = [];

        public OrderedDictionary<string, TensorData> Make()
        {
            Matrix("token_embd", preset.Vocabulary, preset.Width, isOutput: preset.IsTied);
            if (preset.Architecture == "gpt2") _tensors["position_embd.weight"] = _random.Normal(DType.F32, 0.02f, preset.Context, preset.Width);
            for (var layer = 0; layer < preset.Layers; layer++) Block(layer);
            Norm("output_norm");
            if (!preset.IsTied) Matrix("output", preset.Vocabulary, preset.Width, isOutput: true);
            return _tensors;
        }

        private void Block(int layer)
        {
            var block = $"blk.{layer}";
            var (queries, keys) = (preset.Heads * preset.HeadSize, preset.KeyHeads * preset.HeadSize);
            Norm($"{block}.attn_norm");
            if (preset.Architecture == "gpt2")
            {
                Linear("attn_qkv", 3 * preset.Width, preset.Width, hasBias: true);
            }
            else
            {
                var hasBias = preset.Architecture == "qwen2";
                Linear("attn_q", queries, preset.Width, hasBias);
                Linear("attn_k", keys, preset.Width, hasBias);
                Linear("attn_v", keys, preset.Width, hasBias);
            }

            Linear("attn_output", preset.Width, queries, hasBias: preset.Architecture == "gpt2");
            if (preset.Architecture is "qwen3" or "gemma3")
            {
                Ones($"{block}.attn_q_norm.weight", preset.HeadSize);
                Ones($"{block}.attn_k_norm.weight", preset.HeadSize);
            }

            if (preset.Architecture == "gemma3") Norm($"{block}.post_attention_norm");
            Norm($"{block}.ffn_norm");
            if (preset.Architecture != "gpt2") Linear("ffn_gate", preset.FeedForward, preset.Width, hasBias: false);
            Linear("ffn_up", preset.FeedForward, preset.Width, hasBias: preset.Architecture == "gpt2");
            Linear("ffn_down", preset.Width, preset.FeedForward, hasBias: preset.Architecture == "gpt2");
            if (preset.Architecture == "gemma3") Norm($"{block}.post_ffw_norm");

            void Linear(string name, long rows, long columns, bool hasBias)
            {
                Matrix($"{block}.{name}", rows, columns, isOutput: false, name, layer);
                if (hasBias) _tensors[$"{block}.{name}.bias"] = _random.Normal(DType.F32, 0.02f, rows);
            }
        }

        // Rows of norm 1: what is multiplied keeps its size.
        private void Matrix(string name, long rows, long columns, bool isOutput, string kind = "", int layer = 0)
        {
            var type = types.Of(kind, layer, preset.Layers, isOutput, columns);
            _tensors[$"{name}.weight"] = _random.Normal(type, 1 / MathF.Sqrt(columns), rows, columns);
        }

        private void Norm(string name)
        {
            Ones($"{name}.weight", preset.Width);
            if (preset.Architecture == "gpt2") _tensors[$"{name}.bias"] = _random.Normal(DType.F32, 0.02f, preset.Width);
        }

        private void Ones(string name, long size)
        {
            var data = TensorData.Allocate(DType.F32, size);
            data.AsSpan<float>().Fill(1);
            _tensors[name] = data;
        }
    }
}
