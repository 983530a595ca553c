using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>The pieces that architectures share, as compositions of the graph's operations. Rows are tokens throughout.</summary>
internal static class Layers
{
    extension(Tensor x)
    {
        /// <summary>
        /// x W^T, times the matrix's scale and plus adapters and its bias where there are any: (tokens, in) to (tokens, out).
        /// </summary>
        public Tensor Linear(ModelWeights weights, string name, long outputs)
        {
            var y = x.MatMul(weights.Matrix($"{name}.weight", outputs, x.Shape[1].Value), transposeRight: true);
            if (weights.FindVector($"{name}.scale", 1) is { } scale) y *= scale;
            y = weights.Adapt(name, x, y);
            if (weights.FindVector($"{name}.bias", outputs) is { } bias) y += bias;
            return y;
        }

        /// <summary>x / sqrt(mean(x^2) + epsilon), times a weight (Zhang and Sennrich, 2019).</summary>
        public Tensor RmsNorm(ModelWeights weights, string name, double epsilon)
        {
            var scale = ((x * x).Mean(-1) + epsilon).Sqrt().Reciprocal();
            return x * scale * weights.Vector($"{name}.weight", x.Shape[^1].Value);
        }

        /// <summary>(x - mean) / sqrt(variance + epsilon), times a weight, plus a bias (Ba et al., 2016).</summary>
        public Tensor LayerNorm(ModelWeights weights, string name, double epsilon)
        {
            var centred = x - x.Mean(-1);
            var scale = ((centred * centred).Mean(-1) + epsilon).Sqrt().Reciprocal();
            var size = x.Shape[^1].Value;
            return centred * scale * weights.Vector($"{name}.weight", size) + weights.Vector($"{name}.bias", size);
        }

        /// <summary>x / (1 + exp(-x)).</summary>
        public Tensor Silu() => x / ((-x).Exp() + 1);

        /// <summary>The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, 2016).</summary>
        public Tensor Gelu() => x * 0.5 * (((x + x * x * x * 0.044715) * Math.Sqrt(2 / Math.PI)).Tanh() + 1);

        /// <summary>(tokens, heads * size) as (tokens, heads, size).</summary>
        public Tensor Heads(int heads) => x.Reshape([x.Shape[0], heads, x.Shape[1].Value / heads]);

        /// <summary>cap * tanh(x / cap); x where the cap is 0.</summary>
        public Tensor SoftCap(double cap) => cap == 0 ? x : (x / cap).Tanh() * cap;

        /// <summary>Queries (tokens, heads, head size), keys and values (tokens, key heads, ...) of a layer.</summary>
        public (Tensor Queries, Tensor Keys, Tensor Values) ProjectHeads(
            ModelWeights weights, string block, ModelConfiguration model) => (
            x.Linear(weights, $"{block}.attn_q", model.Heads * model.HeadSize).Heads(model.Heads),
            x.Linear(weights, $"{block}.attn_k", model.KeyHeads * model.HeadSize).Heads(model.KeyHeads),
            x.Linear(weights, $"{block}.attn_v", model.KeyHeads * model.ValueSize).Heads(model.KeyHeads));

        /// <summary>Logits from the last norm's rows: the output matrix, or the embedding where the two are tied.</summary>
        public Tensor Logits(ModelWeights weights, ModelConfiguration model)
        {
            var matrix = weights.FindMatrix("output.weight", model.VocabularySize, model.Width)
                ?? weights.Matrix("token_embd.weight", model.VocabularySize, model.Width);
            var logits = x.MatMul(matrix, transposeRight: true);
            if (weights.FindVector("output.bias", model.VocabularySize) is { } bias) logits += bias;
            return logits.SoftCap(model.FinalSoftCap).Named("logits");
        }
    }

    /// <summary>The embedding of each token: (tokens, width).</summary>
    public static Tensor Embed(ModelWeights weights, ModelConfiguration model, TokenBatch batch) =>
        weights.Get("token_embd.weight", model.VocabularySize, model.Width).Gather(batch.Tokens);
}
