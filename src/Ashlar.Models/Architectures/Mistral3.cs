using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// Mistral 3 and Ministral 3 (Mistral AI, 2025): Llama with queries that grow with the logarithm of a distant position.
/// </summary>
internal static class Mistral3
{
    public static DecoderOutput Build(ModelConfiguration model, ModelWeights weights, TokenBatch batch)
    {
        if (model.AttentionTemperature == 0) return Llama.Build(model, weights, batch);

        // 1 + t log(1 + floor(position / length)), a factor for each token: (tokens, 1, 1).
        var lengths = (batch.Positions.Cast(DType.F32) / model.AttentionTemperatureLength).Floor();
        var growth = ((lengths + 1).Log() * model.AttentionTemperature + 1).Reshape([batch.Positions.Shape[0], 1, 1]);
        return Llama.Build(model, weights, batch, queries => queries * growth);
    }
}
