namespace Ashlar.Engine.Sampling;

/// <summary>Keeps the candidates that are at least a fraction as likely as the likeliest (Nguyen et al. 2024).</summary>
internal sealed class MinP(float fraction) : ICandidateStage
{
    public void Apply(Candidates candidates)
    {
        var heaviest = 0.0;
        foreach (var weight in candidates.Weights) heaviest = Math.Max(heaviest, weight);
        candidates.KeepHeavy(fraction * heaviest);
    }
}
