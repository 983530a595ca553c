namespace Ashlar.Engine.Sampling;

/// <summary>Weighs the candidates: exp(logit / temperature), scaled so that the likeliest weighs 1.</summary>
internal sealed class Temperature(float temperature) : ICandidateStage
{
    // However low the temperature: the difference to the largest logit comes first, and is never positive.
    private readonly float _scale = MathF.Min(1 / temperature, float.MaxValue);

    public void Apply(Candidates candidates) => candidates.Weigh(_scale);
}
