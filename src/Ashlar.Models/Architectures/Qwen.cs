using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// Qwen 2 and 2.5 (Yang et al., 2024: biases on queries, keys and values) and Qwen 3 (Yang et al., 2025: norms on the heads of queries and
/// keys), dense or as a mixture of experts.
/// </summary>
internal static class Qwen
{
    public static Tensor Build2(ModelConfiguration model, ModelWeights weights, Batch batch) => Build(model, weights, batch, headNorms: false);

    public static Tensor Build3(ModelConfiguration model, ModelWeights weights, Batch batch) => Build(model, weights, batch, headNorms: true);

    private static Tensor Build(ModelConfiguration model, ModelWeights weights, Batch batch, bool headNorms)
    {
        var rotary = new RotaryEmbedding(model.Rotary!, batch);
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
            if (headNorms)
            {
                q = q.RmsNorm(weights, $"{block}.attn_q_norm", model.NormEpsilon);
                k = k.RmsNorm(weights, $"{block}.attn_k_norm", model.NormEpsilon);
            }

            return batch.Attend(layer, rotary.Turn(q), rotary.Turn(k), v, model.AttentionScale)
                .Linear(weights, $"{block}.attn_output", model.Width);
        }
    }
}
