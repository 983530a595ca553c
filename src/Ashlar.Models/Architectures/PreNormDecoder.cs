using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// The frame of most architectures: norm, attention, residual; norm, feed-forward, residual; all norms by root mean square.
/// </summary>
internal static class PreNormDecoder
{
    /// <summary>The rows of a batch.</summary>
    /// <param name="model">The sizes.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="batch">The inputs.</param>
    /// <param name="attention">From a layer's normed rows and number to what is added to the residual stream.</param>
    /// <param name="feedForward">From a layer's normed rows and the prefix of its tensors to what is added to the residual
    /// stream.</param>
    public static DecoderOutput Build(ModelConfiguration model, ModelWeights weights, TokenBatch batch,
        Func<Tensor, int, Tensor> attention, Func<Tensor, string, Tensor> feedForward)
    {
        var x = Layers.Embed(weights, model, batch); // (tokens, width)
        for (var layer = 0; layer < model.Layers; layer++)
        {
            var block = $"blk.{layer}";
            batch.Enter(x);
            x += batch.Drop($"{block}.attn", attention(x.RmsNorm(weights, $"{block}.attn_norm", model.NormEpsilon), layer));
            x += batch.Drop($"{block}.ffn", feedForward(x.RmsNorm(weights, $"{block}.ffn_norm", model.NormEpsilon), block));
        }

        return new(x, h => h.RmsNorm(weights, "output_norm", model.NormEpsilon));
    }
}
