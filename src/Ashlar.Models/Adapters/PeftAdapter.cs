using Ashlar.Models.HuggingFace;
using Ashlar.Models.Safetensors;
using Ashlar.Tensors;

namespace Ashlar.Models.Adapters;

/// <summary>
/// Adapters as PEFT writes them: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. What of their many kinds is not
/// computed is refused by name.
/// </summary>
internal static class PeftAdapter
{
    private const string Prefix = "base_model.model.", Down = ".lora_A.weight", Up = ".lora_B.weight";

    // Ways to begin that change the model's own weights: such an adapter does not fit the published ones.
    private static readonly string[] ChangedBases = ["pissa", "olora", "corda", "loftq"];

    public static LoraAdapter Read(string folder, LanguageModel model)
    {
        var config = ReadConfig(folder);
        var rank = config.Size("r");
        var alpha = config.Number("lora_alpha", rank);
        var scale = config.Flag("use_rslora") == true ? alpha / Math.Sqrt(rank) : alpha / rank;

        var path = Path.Combine(folder, "adapter_model.safetensors");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"folder '{folder}' has no adapter_model.safetensors; save the adapter in that form", path);
        }

        using var file = SafetensorsFile.Open(path);
        var tensors = new AdapterTensors(folder, model, RotaryLayout.Halves);
        foreach (var tensor in file.Tensors.Values)
        {
            var (layer, isUp) = Place(folder, tensor.Name, model.Configuration.Architecture);
            var own = tensor.Shape.Count == 2 ? tensor.Shape[isUp ? 1 : 0] : 0;
            if (own != rank)
            {
                throw tensors.Fail($"has tensor '{Printable.Name(tensor.Name)}' of shape ({string.Join(", ", tensor.Shape)}), "
                    + $"where adapter_config.json says rank {rank}");
            }

            tensors.Add(layer, tensor, isUp);
        }

        return tensors.Build(_ => scale);
    }

    private static ConfigObject ReadConfig(string folder)
    {
        var path = Path.Combine(folder, "adapter_config.json");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"folder '{folder}' has no adapter_config.json; give a folder that PEFT wrote, or a GGUF file", path);
        }

        var config = ConfigObject.Read(path);
        config.RequireText("peft_type", "LORA");
        config.RequireText("bias", "none");
        foreach (var key in (string[])["use_dora", "lora_bias", "use_qalora"])
        {
            if (config.Flag(key) == true) throw config.Unsupported(key, "use an adapter without it");
        }

        foreach (var key in (string[])
            ["modules_to_save", "trainable_token_indices", "target_parameters", "layer_replication", "alora_invocation_tokens",
                "rank_pattern", "alpha_pattern"])
        {
            if (!config.IsEmpty(key)) throw config.Unsupported(key, "use an adapter without it");
        }

        if (config.TextOrFlag("init_lora_weights") is { } begun
            && ChangedBases.Any(changed => begun.StartsWith(changed, StringComparison.OrdinalIgnoreCase)))
        {
            throw config.Unsupported("init_lora_weights", "convert the adapter to one of the unchanged model");
        }

        return config;
    }

    private static (string Layer, bool IsUp) Place(string folder, string name, string architecture)
    {
        var isUp = name.EndsWith(Up, StringComparison.Ordinal);
        if (name.StartsWith(Prefix, StringComparison.Ordinal) && (isUp || name.EndsWith(Down, StringComparison.Ordinal)))
        {
            var module = name[Prefix.Length..^(isUp ? Up : Down).Length];
            var place = HuggingFaceNames.Of(folder, $"{module}.weight", architecture);
            if (place is { Expert: null } found) return (found.Name[..^".weight".Length], isUp);
        }

        var kind = name.Contains("lora_magnitude_vector", StringComparison.Ordinal) ? "a DoRA magnitude"
            : name.Contains("lora_embedding_", StringComparison.Ordinal) ? "of an embedding"
            : name.Contains(".experts.", StringComparison.Ordinal) ? "of an expert"
            : "no matrix of a language model's linear layer";
        throw new NotSupportedException($"adapter '{folder}': tensor '{Printable.Name(name)}' is {kind}, which this version does not "
            + "compute; use an adapter of linear layers alone");
    }
}
