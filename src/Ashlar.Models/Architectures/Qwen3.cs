using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>Qwen 3 (Yang et al., 2025), dense: norms on each head of queries and keys.</summary>
internal static class Qwen3
{
    public static DecoderOutput Build(ModelConfiguration model, ModelWeights weights, TokenBatch batch) =>
        Build(model, weights, batch, (h, block) => h.SwiGlu(weights, block, model, scaled: true));

    /// <summary>The architecture with a feed-forward of the caller's.</summary>
    public static DecoderOutput Build(
        ModelConfiguration model, ModelWeights weights, TokenBatch batch, Func<Tensor, string, Tensor> feedForward)
    {
        var rotary = new RotaryEmbedding(model.Rotary!, batch);
        return PreNormDecoder.Build(model, weights, batch, Attention, feedForward);

        Tensor Attention(Tensor h, int layer)
        {
            var block = $"blk.{layer}";
            var (q, k, v) = h.ProjectHeads(weights, block, model);
            q = rotary.Turn(q.RmsNorm(weights, $"{block}.attn_q_norm", model.NormEpsilon));
            k = rotary.Turn(k.RmsNorm(weights, $"{block}.attn_k_norm", model.NormEpsilon));
            return batch.Attend(layer, q, k, v, model.AttentionScale, model.WindowOf(layer))
                .Linear(weights, $"{block}.attn_output", model.Width);
        }
    }
}
