namespace Ashlar.Engine.Sampling;

/// <summary>Lowers a token's logit once if it was generated at all (as OpenAI's API defines it).</summary>
internal sealed class PresencePenalty(float penalty, TokenHistory history) : ILogitStage
{
    public void Apply(Span<float> logits)
    {
        foreach (var token in history.Distinct)
        {
            if (history.TimesGenerated(token) > 0) logits[token] -= penalty;
        }
    }
}
