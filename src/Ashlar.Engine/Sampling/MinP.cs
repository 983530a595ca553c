namespace Ashlar.Engine.Sampling;

/// <summary>Keeps the candidates that are at least a fraction as likely as the likeliest (Nguyen et al. 2024).</summary>
internal sealed class MinP(float fraction) : ICandidateStage
{
    // The likeliest, which weighs 1, is still there: the stages before take others first.
    public void Apply(Candidates candidates) => candidates.KeepHeavy(fraction);
}
