using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// Llama (Touvron et al., 2023; Grattafiori et al., 2024), dense or as a mixture of experts (Mixtral: Jiang et al., 2024).
/// Mistral 3 is the same with queries that grow with the logarithm of a distant position.
/// </summary>
internal static class Llama
{
    public static Tensor Build(ModelConfiguration model, ModelWeights weights, Batch batch)
    {
        var rotary = new RotaryEmbedding(model.Rotary!, batch, weights.Values("rope_freqs.weight", model.Rotary!.Dimensions / 2));
        var x = Layers.Embed(weights, model, batch); // (tokens, width)
        for (var layer = 0; layer < model.Layers; layer++)
        {
            var block = $"blk.{layer}";
            x += Attention(x.RmsNorm(weights, $"{block}.attn_norm", model.NormEpsilon), layer);
            var h = x.RmsNorm(weights, $"{block}.ffn_norm", model.NormEpsilon);
            x += model.Experts is null ? h.SwiGlu(weights, block, model) : h.SwiGluExperts(weights, block, model);
        }

        return batch.Wanted(x).RmsNorm(weights, "output_norm", model.NormEpsilon).Logits(weights, model);

        Tensor Attention(Tensor h, int layer)
        {
            var block = $"blk.{layer}";
            var q = h.Linear(weights, $"{block}.attn_q", model.Heads * model.HeadSize).Heads(model.Heads); // (tokens, heads, head size)
            var k = h.Linear(weights, $"{block}.attn_k", model.KeyHeads * model.HeadSize).Heads(model.KeyHeads);
            var v = h.Linear(weights, $"{block}.attn_v", model.KeyHeads * model.ValueSize).Heads(model.KeyHeads);
            (q, k) = (rotary.Turn(q), rotary.Turn(k));
            if (model.AttentionTemperature > 0) q *= Temperature();
            return batch.Attend(layer, q, k, v, model.AttentionScale).Linear(weights, $"{block}.attn_output", model.Width);
        }

        // 1 + t log(1 + floor(position / length)), one factor for each token.
        Tensor Temperature()
        {
            var lengths = (batch.Positions.Cast(DType.F32) / model.AttentionTemperatureLength).Floor();
            return ((lengths + 1).Log() * model.AttentionTemperature + 1).Reshape([x.Shape[0], 1, 1]);
        }
    }
}
