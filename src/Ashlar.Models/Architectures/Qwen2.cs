using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>Qwen 2 and 2.5 (Yang et al., 2024): biases on queries, keys and values.</summary>
internal static class Qwen2
{
    public static DecoderOutput Build(ModelConfiguration model, ModelWeights weights, TokenBatch batch)
    {
        var rotary = new RotaryEmbedding(model.Rotary!, batch);
        return PreNormDecoder.Build(
            model, weights, batch, Attention, (h, block) => h.SwiGlu(weights, block, model, scaled: false));

        Tensor Attention(Tensor h, int layer)
        {
            var (q, k, v) = h.ProjectHeads(weights, $"blk.{layer}", model);
            return batch.Attend(layer, rotary.Turn(q), rotary.Turn(k), v, model.AttentionScale, model.WindowOf(layer))
                .Linear(weights, $"blk.{layer}.attn_output", model.Width);
        }
    }
}
