namespace Ashlar.Engine.Sampling;

/// <summary>Keeps the likeliest candidates that together reach a probability (nucleus sampling, Holtzman et al. 2020).</summary>
internal sealed class TopP(float probability) : ICandidateStage
{
    public void Apply(Candidates candidates)
    {
        // Only candidates that the nucleus may hold are sorted. All those lighter than an even part of the rest, (1 - p) / n,
        // weigh less than the rest together, so that the nucleus is complete without them; a little less yet, for rounding.
        var weights = candidates.Weights;
        var lightest = 0.999 * (1.0 - probability) * candidates.TotalWeight() / weights.Length;
        var keys = candidates.Keys;
        var logits = candidates.Logits;
        var count = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] >= lightest) keys[count++] = Candidates.Key(-logits[i], i);
        }

        candidates.KeepShare(keys[..count], probability);
    }
}
