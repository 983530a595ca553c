using System.Numerics;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>
/// Lion (Chen and others, 2023): the sign of a mean of gradients. It wants a learning rate three to ten times below AdamW's, and
/// as much more decay.
/// </summary>
public sealed unsafe class Lion : ElementwiseOptimizer
{
    private readonly float _beta1, _beta2;

    /// <summary>Begins with a mean of zero.</summary>
    /// <param name="parameters">What is optimized.</param>
    /// <param name="decay">The weight decay.</param>
    /// <param name="beta1">The mean's share in the direction, 0 to 1.</param>
    /// <param name="beta2">What the mean keeps in a step, 0 to 1.</param>
    public Lion(ParameterSet parameters, WeightDecay decay, double beta1 = 0.9, double beta2 = 0.99)
        : base(parameters, decay, "mean") =>
        (_beta1, _beta2) = ((float)OptimizerRange.Memory(beta1), (float)OptimizerRange.Memory(beta2));

    private protected override Vector<float> Direction(Vector<float> gradient, float* first, float* second)
    {
        var mean = Vector.Load(first);
        var mixed = (mean * _beta1) + (gradient * (1 - _beta1));
        Vector.Store((mean * _beta2) + (gradient * (1 - _beta2)), first);
        var one = Vector.CopySign(Vector<float>.One, mixed);
        return Vector.ConditionalSelect(Vector.Equals(mixed, Vector<float>.Zero), Vector<float>.Zero, one);
    }
}
