using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>The feed-forward half of a block. Rows are tokens.</summary>
/// <remarks>
/// GGUF files may carry a scale for each matrix. Which architectures multiply by those of their feed-forwards is settled by the
/// program that defines the files, llama.cpp: <c>scaled</c> says so, and where it is false the scales have no effect.
/// </remarks>
internal static class FeedForward
{
    extension(Tensor x)
    {
        /// <summary>W_down (silu(W_gate x) * W_up x) (Shazeer, 2020).</summary>
        public Tensor SwiGlu(ModelWeights weights, string block, ModelConfiguration model, bool scaled) =>
            x.Gated(weights, block, model, scaled, gate => gate.Silu());

        /// <summary>W_down (gelu(W_gate x) * W_up x) (Shazeer, 2020).</summary>
        public Tensor GeGlu(ModelWeights weights, string block, ModelConfiguration model, bool scaled) =>
            x.Gated(weights, block, model, scaled, gate => gate.Gelu());

        /// <summary>W_down gelu(W_up x), without a gate.</summary>
        public Tensor Mlp(ModelWeights weights, string block, ModelConfiguration model, bool scaled) => x
            .Inner(weights, $"{block}.ffn_up", model.FeedForward, scaled).Gelu()
            .Inner(weights, $"{block}.ffn_down", model.Width, scaled);

        /// <summary>
        /// A mixture of gated feed-forwards: each token goes through the experts that a softmax over W_router x ranks highest,
        /// and their results are added with these probabilities, rescaled to the sum 1 (Jiang et al., 2024).
        /// </summary>
        public Tensor SwiGluExperts(ModelWeights weights, string block, ModelConfiguration model)
        {
            var experts = model.Experts!;
            var (tokens, pairs) = (x.Shape[0], x.Shape[0] * experts.Used); // a pair is a token with one of its experts
            var probabilities = x.Linear(weights, $"{block}.ffn_gate_inp", experts.Count).Softmax(-1); // (tokens, experts)
            var chosen = probabilities.TopK(experts.Used); // (tokens, used)
            var shares = probabilities.GatherColumns(chosen);
            shares /= shares.Sum(-1);

            var expertOf = chosen.Reshape([pairs]);
            var rows = x.Reshape([tokens, 1, model.Width]).Expand([tokens, experts.Used, model.Width])
                .Reshape([pairs, model.Width]);
            var gate = rows.Expert(weights, $"{block}.ffn_gate_exps", expertOf, experts.Count, experts.FeedForward).Silu();
            var inner = gate * rows.Expert(weights, $"{block}.ffn_up_exps", expertOf, experts.Count, experts.FeedForward);
            var results = inner.Expert(weights, $"{block}.ffn_down_exps", expertOf, experts.Count, model.Width);
            return (results.Reshape([tokens, experts.Used, model.Width]) * shares.Reshape([tokens, experts.Used, 1]))
                .Sum(1).Reshape([tokens, model.Width]);
        }

        private Tensor Gated(
            ModelWeights weights, string block, ModelConfiguration model, bool scaled, Func<Tensor, Tensor> activation)
        {
            var gate = activation(x.Inner(weights, $"{block}.ffn_gate", model.FeedForward, scaled));
            return (gate * x.Inner(weights, $"{block}.ffn_up", model.FeedForward, scaled))
                .Inner(weights, $"{block}.ffn_down", model.Width, scaled);
        }

        private Tensor Expert(ModelWeights weights, string name, Tensor expertOf, int experts, int outputs)
        {
            var y = x.GroupedMatMul(weights.Matrix($"{name}.weight", experts, outputs, x.Shape[1].Value), expertOf);
            return weights.FindVector($"{name}.scale", experts) is { } scales
                ? y * scales.Gather(expertOf).Reshape([x.Shape[0], 1])
                : y;
        }

        // Unlike attention's, a scale of a feed-forward multiplies the bias too. It multiplies no adapter.
        private Tensor Inner(ModelWeights weights, string name, long outputs, bool scaled)
        {
            var y = x.MatMul(weights.Matrix($"{name}.weight", outputs, x.Shape[1].Value), transposeRight: true);
            if (!scaled) weights.Ignore($"{name}.scale");
            var scale = scaled ? weights.FindVector($"{name}.scale", 1) : null;
            if (scale is null) y = weights.Adapt(name, x, y);
            if (weights.FindVector($"{name}.bias", outputs) is { } bias) y += bias;
            return scale is null ? y : weights.Adapt(name, x, y * scale);
        }
    }
}
