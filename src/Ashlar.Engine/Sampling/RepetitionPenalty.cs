namespace Ashlar.Engine.Sampling;

/// <summary>
/// Makes tokens of the prompt and the output less likely (CTRL, Keskar et al. 2019): a positive logit is divided, a negative one
/// multiplied, so that both move the same way.
/// </summary>
internal sealed class RepetitionPenalty(float penalty, TokenHistory history) : ILogitStage
{
    public void Apply(Span<float> logits)
    {
        foreach (var token in history.Distinct)
        {
            ref var logit = ref logits[token];
            logit = logit > 0 ? logit / penalty : logit * penalty;
        }
    }
}
