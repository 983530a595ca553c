using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>The pieces that architectures share, as compositions of the graph's operations. Rows are tokens throughout.</summary>
internal static class Layers
{
    extension(Tensor x)
    {
        /// <summary>x W^T, times the matrix's scale and plus its bias where the model has them: (tokens, in) to (tokens, out).</summary>
        public Tensor Linear(ModelWeights weights, string name, long outputs)
        {
            var y = x.MatMul(weights.Get($"{name}.weight", outputs, x.Shape[1].Value), transposeRight: true);
            if (weights.FindVector($"{name}.scale", 1) is { } scale) y *= scale;
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

        /// <summary>The gated feed-forward W_down (silu(W_gate x) * W_up x) (Shazeer, 2020).</summary>
        public Tensor SwiGlu(ModelWeights weights, string block, ModelConfiguration model)
        {
            var gate = x.Linear(weights, $"{block}.ffn_gate", model.FeedForward).Silu();
            return (gate * x.Linear(weights, $"{block}.ffn_up", model.FeedForward)).Linear(weights, $"{block}.ffn_down", model.Width);
        }

        /// <summary>
        /// A mixture of gated feed-forwards: each token goes through the experts that a softmax over W_router x ranks highest, and their
        /// results are added with these probabilities, rescaled to the sum 1 (Jiang et al., 2024).
        /// </summary>
        public Tensor SwiGluExperts(ModelWeights weights, string block, ModelConfiguration model)
        {
            var experts = model.Experts!;
            var tokens = x.Shape[0];
            var probabilities = x.Linear(weights, $"{block}.ffn_gate_inp", experts.Count).Softmax(-1); // (tokens, experts)
            var chosen = probabilities.TopK(experts.Used); // (tokens, used)
            var shares = probabilities.GatherColumns(chosen);
            shares /= shares.Sum(-1);

            var routes = chosen.Reshape([tokens * experts.Used]); // the expert of each (token, choice) pair
            var rows = x.Reshape([tokens, 1, model.Width]).Expand([tokens, experts.Used, model.Width]).Reshape([tokens * experts.Used, model.Width]);
            var gate = Expert(rows, "ffn_gate_exps", experts.FeedForward).Silu();
            var results = Expert(gate * Expert(rows, "ffn_up_exps", experts.FeedForward), "ffn_down_exps", model.Width);
            return (results.Reshape([tokens, experts.Used, model.Width]) * shares.Reshape([tokens, experts.Used, 1]))
                .Sum(1).Reshape([tokens, model.Width]);

            Tensor Expert(Tensor inputs, string name, int outputs)
            {
                var matrices = weights.Get($"{block}.{name}.weight", experts.Count, outputs, inputs.Shape[1].Value);
                var y = inputs.GroupedMatMul(matrices, routes);
                return weights.FindVector($"{block}.{name}.scale", experts.Count) is { } scales
                    ? y * scales.Gather(routes).Reshape([tokens * experts.Used, 1])
                    : y;
            }
        }

        /// <summary>Logits from the last norm's rows: the output matrix, or the embedding where the two are tied.</summary>
        public Tensor Logits(ModelWeights weights, ModelConfiguration model)
        {
            var matrix = weights.Find("output.weight", model.VocabularySize, model.Width)
                ?? weights.Get("token_embd.weight", model.VocabularySize, model.Width);
            return x.MatMul(matrix, transposeRight: true).SoftCap(model.FinalSoftCap).Named("logits");
        }
    }

    /// <summary>The embedding of each token: (tokens, width).</summary>
    public static Tensor Embed(ModelWeights weights, ModelConfiguration model, Batch batch) =>
        weights.Get("token_embd.weight", model.VocabularySize, model.Width).Gather(batch.Tokens);
}
