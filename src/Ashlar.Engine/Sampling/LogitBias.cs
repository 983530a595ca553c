namespace Ashlar.Engine.Sampling;

/// <summary>Adds a number to the logits of chosen tokens.</summary>
internal sealed class LogitBias(IReadOnlyDictionary<int, float> biases) : ILogitStage
{
    private readonly (int Token, float Bias)[] _biases = [.. biases.Select(static pair => (pair.Key, pair.Value))];

    public void Apply(Span<float> logits)
    {
        foreach (var (token, bias) in _biases) logits[token] += bias;
    }
}
