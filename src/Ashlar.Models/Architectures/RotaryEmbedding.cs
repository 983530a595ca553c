using Ashlar.Tensors;

namespace Ashlar.Models.Architectures;

/// <summary>A rotary embedding with its frequencies computed, ready to turn queries and keys.</summary>
internal sealed class RotaryEmbedding
{
    private readonly RotaryConfiguration _configuration;
    private readonly Tensor _frequencies; // (pairs)
    private readonly Tensor _positions; // (tokens)

    /// <summary>Computes the frequencies.</summary>
    /// <param name="configuration">The embedding.</param>
    /// <param name="batch">Whose positions it turns by.</param>
    /// <param name="divisors">What frequencies are divided by, one for each pair; empty for none.</param>
    public RotaryEmbedding(RotaryConfiguration configuration, TokenBatch batch, ReadOnlySpan<float> divisors = default)
    {
        (_configuration, _positions) = (configuration, batch.Positions);
        _frequencies = Tensor.From<float>(configuration.Frequencies(divisors)).Named("rotary frequencies");
    }

    /// <summary>Turns heads (tokens, heads, head size).</summary>
    public Tensor Turn(Tensor heads) => heads.Rotary(_positions, _frequencies, _configuration.Layout, _configuration.Magnitude);
}
