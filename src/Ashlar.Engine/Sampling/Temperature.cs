using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Engine.Sampling;

/// <summary>Weighs the candidates: exp(logit / temperature), scaled so that the likeliest weighs 1.</summary>
internal sealed class Temperature(float temperature) : ICandidateStage
{
    public void Apply(Candidates candidates)
    {
        var logits = candidates.Logits;
        var weights = candidates.Weights;
        var largest = float.NegativeInfinity;
        foreach (var logit in logits) largest = MathF.Max(largest, logit);

        // The difference first: it is never positive, so that no temperature, however low, overflows.
        for (var i = 0; i < logits.Length; i++) weights[i] = ((double)logits[i] - largest) / temperature;
        var whole = MemoryMarshal.Cast<double, Vector512<double>>(weights);
        foreach (ref var eight in whole) eight = Vector512.Exp(eight);
        for (var i = whole.Length * Vector512<double>.Count; i < weights.Length; i++)
        {
            // As the others, wherever in a vector they stand.
            weights[i] = Vector512.Exp(Vector512.Create(weights[i]))[0];
        }
    }
}
