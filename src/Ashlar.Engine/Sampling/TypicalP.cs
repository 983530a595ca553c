namespace Ashlar.Engine.Sampling;

/// <summary>
/// Keeps the candidates whose information, -log p, is nearest to its expectation, the entropy, until they reach a probability
/// (locally typical sampling, Meister et al. 2022).
/// </summary>
internal sealed class TypicalP(float probability) : ICandidateStage
{
    public void Apply(Candidates candidates)
    {
        var weights = candidates.Weights;
        var total = candidates.TotalWeight();
        var entropy = 0.0;
        foreach (var weight in weights)
        {
            if (weight > 0) entropy -= weight / total * Math.Log(weight / total);
        }

        var keys = candidates.Keys;
        for (var i = 0; i < weights.Length; i++)
        {
            // A weight of zero has infinite information and comes last.
            keys[i] = Candidates.Key((float)Math.Abs(-Math.Log(weights[i] / total) - entropy), i);
        }

        candidates.KeepShare(keys, probability);
    }
}
