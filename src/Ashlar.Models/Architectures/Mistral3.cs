using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>Mistral 3 and Ministral 3 (Mistral AI, 2025): Llama with queries that grow with the logarithm of a distant position.</summary>
internal static class Mistral3
{
    public static Tensor Build(ModelConfiguration model, ModelWeights weights, Batch batch)
    {
        var rotary = new RotaryEmbedding(model.Rotary!, batch, weights.Values("rope_freqs.weight", model.Rotary!.Dimensions / 2));
        return PreNormDecoder.Build(model, weights, batch, Attention, Inner);

        Tensor Attention(Tensor h, int layer)
        {
            var (q, k, v) = h.ProjectHeads(weights, $"blk.{layer}", model);
            q = rotary.Turn(q);
            if (model.AttentionTemperature > 0) q *= Temperature();
            return batch.Attend(layer, q, rotary.Turn(k), v, model.AttentionScale, model.WindowOf(layer))
                .Linear(weights, $"blk.{layer}.attn_output", model.Width);
        }

        // 1 + t log(1 + floor(position / length)), a factor for each token.
        Tensor Temperature()
        {
            var lengths = (batch.Positions.Cast(DType.F32) / model.AttentionTemperatureLength).Floor();
            return ((lengths + 1).Log() * model.AttentionTemperature + 1).Reshape([batch.Positions.Shape[0], 1, 1]);
        }

        Tensor Inner(Tensor h, string block) =>
            model.Experts is null ? h.SwiGlu(weights, block, model, scaled: true) : h.SwiGluExperts(weights, block, model);
    }
}
