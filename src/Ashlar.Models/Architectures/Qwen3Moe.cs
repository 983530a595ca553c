namespace Ashlar.Models.Architectures;

/// <summary>Qwen 3 (Yang et al., 2025) as a mixture of experts.</summary>
internal static class Qwen3Moe
{
    public static DecoderOutput Build(ModelConfiguration model, ModelWeights weights, TokenBatch batch) =>
        Qwen3.Build(model, weights, batch, (h, block) => h.SwiGluExperts(weights, block, model));
}
