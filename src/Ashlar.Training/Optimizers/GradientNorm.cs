using System.Runtime.Intrinsics;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>
/// The length of all gradients as one vector. Squares are summed in double precision, in an order that neither threads nor the
/// width of the processor's vectors change.
/// </summary>
public sealed unsafe class GradientNorm
{
    private readonly ParameterSet _parameters;
    private readonly double[] _sums; // of the squares in each part

    /// <summary>Of these parameters' gradients.</summary>
    public GradientNorm(ParameterSet parameters) => (_parameters, _sums) = (parameters, new double[parameters.Parts.Length]);

    /// <summary>Computes it; not a finite number where a gradient is none.</summary>
    public double Compute(ForEach forEach)
    {
        forEach(_sums.Length, index => _sums[index] = SumOfSquares(_parameters.Parts[index]));
        var sum = 0.0;
        foreach (var part in _sums) sum += part;
        return Math.Sqrt(sum);
    }

    /// <summary>The first parameter with a gradient that is no finite number, by the last computation; null for none.</summary>
    public Parameter? FindNotFinite()
    {
        var index = Array.FindIndex(_sums, sum => !double.IsFinite(sum));
        return index < 0 ? null : _parameters.Parts[index].Parameter;
    }

    private double SumOfSquares(ParameterPart part)
    {
        var gradients = (float*)_parameters.Gradients.Pointer + part.Start;
        var (low, high) = (Vector256<double>.Zero, Vector256<double>.Zero);
        for (var i = 0; i < part.Length; i += Vector256<float>.Count)
        {
            var (first, second) = Vector256.Widen(Vector256.Load(gradients + i));
            low += first * first;
            high += second * second;
        }

        var sums = low + high;
        return sums[0] + sums[1] + (sums[2] + sums[3]);
    }
}
