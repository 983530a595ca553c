namespace Ashlar.Engine.Sampling;

/// <summary>Forbids all tokens but some.</summary>
internal sealed class AllowedTokens(IReadOnlyList<int> tokens) : ILogitStage
{
    private readonly int[] _tokens = [.. tokens.Distinct()];
    private readonly float[] _kept = new float[tokens.Count];

    public void Apply(Span<float> logits)
    {
        for (var i = 0; i < _tokens.Length; i++) _kept[i] = logits[_tokens[i]];
        logits.Fill(float.NegativeInfinity);
        for (var i = 0; i < _tokens.Length; i++) logits[_tokens[i]] = _kept[i];
    }
}
