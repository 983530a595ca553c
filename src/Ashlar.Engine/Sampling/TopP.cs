namespace Ashlar.Engine.Sampling;

/// <summary>
/// Keeps the likeliest candidates that together reach a probability (nucleus sampling, Holtzman et al. 2020); of equals, those
/// with the lowest ids come first.
/// </summary>
internal sealed class TopP(float probability) : ICandidateStage
{
    public void Apply(Candidates candidates)
    {
        // All those lighter than an even part of the rest, (1 - p) / n, weigh less than the rest together, so that the nucleus is
        // complete without them; a little less yet, for rounding.
        var total = candidates.TotalWeight();
        candidates.KeepHeavy((float)(0.999 * (1.0 - probability) * total / candidates.Count));

        candidates.RankByWeight();
        candidates.KeepFirst(isCounted: false, probability * total);
    }
}
