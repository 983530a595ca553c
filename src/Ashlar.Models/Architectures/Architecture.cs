using System.Collections.Frozen;

namespace Ashlar.Models.Architectures;

/// <summary>The architectures by name: how a configuration, weights and a batch become rows that logits are made of.</summary>
internal static class Architecture
{
    private static readonly FrozenDictionary<string, Func<ModelConfiguration, ModelWeights, TokenBatch, DecoderOutput>> All =
        new Dictionary<string, Func<ModelConfiguration, ModelWeights, TokenBatch, DecoderOutput>>
        {
            ["gemma3"] = Gemma3.Build,
            ["gpt2"] = Gpt2.Build,
            ["llama"] = Llama.Build,
            ["mistral3"] = Mistral3.Build,
            ["qwen2"] = Qwen2.Build,
            ["qwen3"] = Qwen3.Build,
            ["qwen3moe"] = Qwen3Moe.Build,
        }.ToFrozenDictionary();

    /// <exception cref="NotSupportedException">
    /// There is none of that name; the message names the model and lists those that there are.
    /// </exception>
    public static Func<ModelConfiguration, ModelWeights, TokenBatch, DecoderOutput> Of(string source, string name)
    {
        if (All.TryGetValue(name, out var build)) return build;
        var supported = string.Join(", ", All.Keys.Order(StringComparer.Ordinal));
        throw new NotSupportedException(
            $"'{source}': architecture '{Printable.Name(name)}' is not supported; supported are {supported}");
    }
}
