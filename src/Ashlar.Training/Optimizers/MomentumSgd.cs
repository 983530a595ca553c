using System.Numerics;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>
/// Stochastic gradient descent with momentum (Polyak, 1964), or Nesterov's form of it (Sutskever and others, 2013).
/// </summary>
public sealed unsafe class MomentumSgd : ElementwiseOptimizer
{
    private readonly float _momentum;
    private readonly bool _nesterov;

    /// <summary>Begins at rest.</summary>
    /// <param name="parameters">What is optimized.</param>
    /// <param name="decay">The weight decay.</param>
    /// <param name="momentum">What the velocity keeps in a step, 0 to 1; 0 for plain descent.</param>
    /// <param name="nesterov">Whether to look ahead along the velocity.</param>
    public MomentumSgd(ParameterSet parameters, WeightDecay decay, double momentum = 0.9, bool nesterov = false)
        : base(parameters, decay, "velocity") =>
        (_momentum, _nesterov) = ((float)OptimizerRange.Memory(momentum), nesterov);

    private protected override Vector<float> Direction(Vector<float> gradient, float* first, float* second)
    {
        var velocity = (Vector.Load(first) * _momentum) + gradient;
        Vector.Store(velocity, first);
        return _nesterov ? (velocity * _momentum) + gradient : velocity;
    }
}
