namespace Ashlar.Engine.Sampling;

/// <summary>Lowers a token's logit for every time that it was generated (as OpenAI's API defines it).</summary>
internal sealed class FrequencyPenalty(float penalty, TokenHistory history) : ILogitStage
{
    public void Apply(Span<float> logits)
    {
        foreach (var token in history.Distinct) logits[token] -= penalty * history.TimesGenerated(token);
    }
}
