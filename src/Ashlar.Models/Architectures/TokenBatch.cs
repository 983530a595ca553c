using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>
/// What an architecture asks of the batch it is built for: the tokens, and the parts of a graph that differ between serving and
/// training.
/// </summary>
public abstract class TokenBatch
{
    private protected TokenBatch(Dim tokens)
    {
        Tokens = Tensor.Input("tokens", DType.I32, [tokens]);
        Positions = Tensor.Input("positions", DType.I32, [tokens]);
    }

    /// <summary>The token ids, (tokens) I32; bound as <c>tokens</c>.</summary>
    public Tensor Tokens { get; }

    /// <summary>The position of each token in its sequence, (tokens) I32; bound as <c>positions</c>.</summary>
    public Tensor Positions { get; }

    /// <summary>Attends from each token to those of its sequence that it may see.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="queries">(tokens, heads, head size).</param>
    /// <param name="keys">(tokens, key heads, head size).</param>
    /// <param name="values">(tokens, key heads, value size).</param>
    /// <param name="scale">The factor on the scores.</param>
    /// <param name="window">How many positions a token sees; 0 for all.</param>
    /// <returns>(tokens, heads * value size).</returns>
    internal abstract Tensor Attend(
        int layer, Tensor queries, Tensor keys, Tensor values, double scale, int window = 0);

    /// <summary>A linear layer's result with what adapters add to it.</summary>
    /// <param name="layer">The layer by GGUF's name.</param>
    /// <param name="x">What the layer was given, (tokens, inputs).</param>
    /// <param name="y">What it gives without adapters, (tokens, outputs).</param>
    /// <returns>(tokens, outputs).</returns>
    internal virtual Tensor Adapt(string layer, Tensor x, Tensor y) => y;

    /// <summary>What is added to the residual stream, as the batch has it.</summary>
    /// <param name="place">Where it is added, a name of its own: <c>blk.0.attn</c>.</param>
    /// <param name="added">(tokens, width).</param>
    internal virtual Tensor Drop(string place, Tensor added) => added;

    /// <summary>Is told what goes into a layer, before the layer is built.</summary>
    /// <param name="residual">The residual stream, (tokens, width).</param>
    internal virtual void Enter(Tensor residual)
    {
    }
}
