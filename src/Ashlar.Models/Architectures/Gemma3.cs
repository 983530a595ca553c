using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// Gemma 3 (Gemma team, 2025): most layers see a sliding window with a rotary embedding of their own; norms stand before and
/// after attention and feed-forward, and on the heads of queries and keys; embeddings are scaled by the root of the width.
/// </summary>
internal static class Gemma3
{
    public static DecoderOutput Build(ModelConfiguration model, ModelWeights weights, TokenBatch batch)
    {
        var (global, local) = (
            new RotaryEmbedding(model.Rotary!, batch), new RotaryEmbedding(model.LocalRotary ?? model.Rotary!, batch));
        var x = Layers.Embed(weights, model, batch) * Math.Sqrt(model.Width); // (tokens, width)
        for (var layer = 0; layer < model.Layers; layer++)
        {
            var block = $"blk.{layer}";
            batch.Enter(x);
            var attended = Attention(Norm(x, $"{block}.attn_norm"), layer);
            x += batch.Drop($"{block}.attn", Norm(attended, $"{block}.post_attention_norm"));
            var fed = Norm(x, $"{block}.ffn_norm").GeGlu(weights, block, model, scaled: false);
            x += batch.Drop($"{block}.ffn", Norm(fed, $"{block}.post_ffw_norm"));
        }

        return new(x, h => Norm(h, "output_norm"));

        Tensor Norm(Tensor h, string name) => h.RmsNorm(weights, name, model.NormEpsilon);

        Tensor Attention(Tensor h, int layer)
        {
            var (block, rotary) = ($"blk.{layer}", model.IsLocal(layer) ? local : global);
            var (q, k, v) = h.ProjectHeads(weights, block, model);
            q = rotary.Turn(Norm(q, $"{block}.attn_q_norm"));
            k = rotary.Turn(Norm(k, $"{block}.attn_k_norm"));
            return batch.Attend(layer, q, k, v, model.AttentionScale, model.WindowOf(layer))
                .Linear(weights, $"{block}.attn_output", model.Width);
        }
    }
}
