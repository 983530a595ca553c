namespace Ashlar.Engine.Sampling;

/// <summary>
/// Keeps the candidates whose information, -log p, is nearest to its expectation, the entropy, until they reach a probability
/// (locally typical sampling, Meister et al. 2022).
/// </summary>
internal sealed class TypicalP(float probability) : ICandidateStage
{
    public void Apply(Candidates candidates)
    {
        // Logarithms of probabilities and of weights differ by the same number for all.
        candidates.RankByDistance((float)candidates.MeanLogWeight());
        candidates.KeepFirst(isCounted: false, probability * candidates.TotalWeight());
    }
}
