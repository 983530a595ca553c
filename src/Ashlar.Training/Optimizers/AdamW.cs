using System.Numerics;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>AdamW (Kingma and Ba, 2015; Loshchilov and Hutter, 2019), with both means freed of their bias towards zero.</summary>
public unsafe class AdamW : ElementwiseOptimizer
{
    private readonly double _beta1, _beta2;
    private readonly float _epsilon;
    private float _meanScale, _squareScale;

    /// <summary>Begins with means of zero.</summary>
    /// <param name="parameters">What is optimized.</param>
    /// <param name="decay">The weight decay.</param>
    /// <param name="beta1">What the mean of gradients keeps in a step, 0 to 1.</param>
    /// <param name="beta2">What the mean of their squares keeps in a step, 0 to 1.</param>
    /// <param name="epsilon">What is added to the root of the mean square, above 0.</param>
    public AdamW(ParameterSet parameters, WeightDecay decay, double beta1 = 0.9, double beta2 = 0.95, double epsilon = 1e-8)
        : base(parameters, decay, "mean", "square") =>
        (_beta1, _beta2, _epsilon) = (OptimizerRange.Memory(beta1), OptimizerRange.Memory(beta2),
            OptimizerRange.Positive(epsilon));

    private protected override void Begin()
    {
        _meanScale = (float)(1 / (1 - Math.Pow(_beta1, Steps)));
        _squareScale = (float)(1 / (1 - Math.Pow(_beta2, Steps)));
    }

    private protected override Vector<float> Direction(Vector<float> gradient, float* first, float* second)
    {
        var mean = (Vector.Load(first) * (float)_beta1) + (gradient * (float)(1 - _beta1));
        var square = (Vector.Load(second) * (float)_beta2) + (gradient * gradient * (float)(1 - _beta2));
        Vector.Store(mean, first);
        Vector.Store(square, second);
        return mean * _meanScale / (Vector.SquareRoot(square * _squareScale) + new Vector<float>(_epsilon));
    }
}
