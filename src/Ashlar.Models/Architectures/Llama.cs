using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// Llama (Touvron et al., 2023; Grattafiori et al., 2024), dense or as a mixture of experts (Mixtral: Jiang et al., 2024).
/// </summary>
internal static class Llama
{
    public static DecoderOutput Build(ModelConfiguration model, ModelWeights weights, TokenBatch batch) =>
        Build(model, weights, batch, queries => queries);

    /// <summary>
    /// The architecture with something of the caller's done to the queries (tokens, heads, head size) before attention.
    /// </summary>
    public static DecoderOutput Build(
        ModelConfiguration model, ModelWeights weights, TokenBatch batch, Func<Tensor, Tensor> adjust)
    {
        var rotary = new RotaryEmbedding(model.Rotary!, batch, weights.Values("rope_freqs.weight", model.Rotary!.Dimensions / 2));
        return PreNormDecoder.Build(model, weights, batch, Attention, FeedForward);

        Tensor Attention(Tensor h, int layer)
        {
            var (q, k, v) = h.ProjectHeads(weights, $"blk.{layer}", model);
            return batch.Attend(layer, adjust(rotary.Turn(q)), rotary.Turn(k), v, model.AttentionScale, model.WindowOf(layer))
                .Linear(weights, $"blk.{layer}.attn_output", model.Width);
        }

        Tensor FeedForward(Tensor h, string block) =>
            model.Experts is null ? h.SwiGlu(weights, block, model, scaled: true) : h.SwiGluExperts(weights, block, model);
    }
}
