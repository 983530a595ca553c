using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models.Synthetic;

/// <summary>
/// Random models of true size, named <c>synthetic:PRESET:TYPE</c>: what a GGUF file would hold, made in memory. They speak
/// nonsense at the speed of the model whose shape they have.
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
            throw new ArgumentException(
                $"'{name}' is no synthetic model; write synthetic:PRESET:TYPE, for instance synthetic:llama-3.2-1b:q4_0");
        }

        var (preset, types) = (SyntheticPreset.Named(presetName), SyntheticTypes.Named(typeName));
        var (random, tensors) = (new RandomBlocks(), new OrderedDictionary<string, TensorData>());
        foreach (var tensor in new SyntheticTensors(preset, types).List())
        {
            tensors.Add(tensor.Name, random.Make(tensor, tensors.Count));
        }

        return (new GgufMetadata(name, Metadata(name, preset, types)), tensors);
    }

    internal static OrderedDictionary<string, GgufValue> Metadata(string name, SyntheticPreset preset, SyntheticTypes types)
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
}
