using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>GPT-2 (Radford et al., 2019): learned positions, layer norms, one matrix for queries, keys and values.</summary>
internal static class Gpt2
{
    public static DecoderOutput Build(ModelConfiguration model, ModelWeights weights, TokenBatch batch)
    {
        var places = weights.Get("position_embd.weight", model.ContextLength, model.Width).Gather(batch.Positions);
        var x = Layers.Embed(weights, model, batch) + places; // (tokens, width)
        for (var layer = 0; layer < model.Layers; layer++)
        {
            var block = $"blk.{layer}";
            batch.Enter(x);
            x += batch.Drop($"{block}.attn", Attention(x.LayerNorm(weights, $"{block}.attn_norm", model.NormEpsilon), layer));
            var h = x.LayerNorm(weights, $"{block}.ffn_norm", model.NormEpsilon).Mlp(weights, block, model, scaled: false);
            x += batch.Drop($"{block}.ffn", h);
        }

        return new(x, h => h.LayerNorm(weights, "output_norm", model.NormEpsilon));

        Tensor Attention(Tensor h, int layer)
        {
            var block = $"blk.{layer}";
            var qkv = h.Linear(weights, $"{block}.attn_qkv", 3 * model.Width); // (tokens, 3 width)
            var (q, k, v) = (Part(0), Part(1), Part(2)); // (tokens, heads, head size) each
            return batch.Attend(layer, q, k, v, model.AttentionScale, model.WindowOf(layer))
                .Linear(weights, $"{block}.attn_output", model.Width);

            Tensor Part(int index) => qkv.Slice(1, index * model.Width, model.Width).Heads(model.Heads);
        }
    }
}
