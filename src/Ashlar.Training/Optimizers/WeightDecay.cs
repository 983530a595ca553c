using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>The share of itself, times the learning rate, that a parameter loses in a step.</summary>
/// <param name="Rate">The share, 0 or more.</param>
/// <param name="Embeddings">Whether embeddings shrink too; norms and biases never do.</param>
public sealed record WeightDecay(double Rate, bool Embeddings = false)
{
    /// <summary>Nothing shrinks.</summary>
    public static WeightDecay None { get; } = new(0);

    /// <summary>The rate of a parameter.</summary>
    public double Of(Parameter parameter) => parameter.Role switch
    {
        ParameterRole.Norm or ParameterRole.Bias => 0,
        ParameterRole.Embedding => Embeddings ? Rate : 0,
        _ => Rate,
    };
}
