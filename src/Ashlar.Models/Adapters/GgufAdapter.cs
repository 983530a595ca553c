using Ashlar.Models.Gguf;
using Ashlar.Tensors;

namespace Ashlar.Models.Adapters;

/// <summary>
/// Adapters as GGUF files: <c>general.type</c> is <c>adapter</c>, and the matrices of tensor NAME are NAME.lora_a and NAME.lora_b.
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
/// </summary>
internal static class GgufAdapter
{
    private const string Down = ".weight.lora_a", Up = ".weight.lora_b";

    public static LoraAdapter Read(string path, LanguageModel model)
    {
        using var file = GgufFile.Open(path);
        var metadata = file.Metadata;
        Require("general.type", "adapter");
        Require("adapter.type", "lora");
        if (metadata.Contains("adapter.alora.invocation_tokens"))
        {
            throw new NotSupportedException($"adapter '{path}' acts from certain tokens on (adapter.alora.invocation_tokens), "
                + "which this version does not compute; use an adapter without it");
        }

        var (own, architecture) = (metadata.GetString("general.architecture"), model.Configuration.Architecture);
        if (own != architecture)
        {
            throw new InvalidDataException($"adapter '{path}' is for architecture '{Printable.Name(own)}', and the model's is "
                + $"'{architecture}'; use an adapter that was made for this model");
        }

        var alpha = metadata.GetDouble("adapter.lora.alpha");
        var isPaired = architecture is "llama" or "mistral3";
        var tensors = new AdapterTensors(path, model, isPaired ? RotaryLayout.Interleaved : RotaryLayout.Halves);
        foreach (var tensor in file.Tensors.Values)
        {
            var isUp = tensor.Name.EndsWith(Up, StringComparison.Ordinal);
            if (!isUp && !tensor.Name.EndsWith(Down, StringComparison.Ordinal))
            {
                throw new NotSupportedException($"adapter '{path}': tensor '{Printable.Name(tensor.Name)}' is no matrix of a linear "
                    + "layer (NAME.weight.lora_a or .lora_b); use an adapter of linear layers alone");
            }

            tensors.Add(tensor.Name[..^(isUp ? Up : Down).Length], tensor, isUp);
        }

        // As the program that defines these files has it, an alpha of 0 means no scale.
        return tensors.Build(rank => alpha == 0 ? 1 : alpha / rank);

        void Require(string key, string wanted)
        {
            if (metadata.GetString(key) is var value && value != wanted)
            {
                throw new NotSupportedException(
                    $"adapter '{path}': metadata key '{key}' is '{Printable.Name(value)}', where '{wanted}' is wanted; "
                    + "give the file of an adapter");
            }
        }
    }
}
