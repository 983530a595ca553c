using System.Numerics;
using Ashlar.Tensors;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>The exponential moving average of the weights, which often predicts better than the last ones.</summary>
public sealed unsafe class WeightAverage
{
    private readonly ParameterSet _parameters;
    private readonly double _kept;

    /// <summary>Begins with the weights as they are.</summary>
    /// <param name="parameters">The weights.</param>
    /// <param name="kept">What the average keeps in a step, 0 to 1.</param>
    public WeightAverage(ParameterSet parameters, double kept)
    {
        (_parameters, _kept) = (parameters, OptimizerRange.Memory(kept));
        Values = parameters.NewBuffer();
        Buffer.MemoryCopy(parameters.Values.Pointer, Values.Pointer, Values.Bytes, Values.Bytes);
    }

    /// <summary>The average, in the parameters' layout.</summary>
    public TensorData Values { get; }

    /// <summary>Takes in the weights behind a step, counted from 1. The first steps are averaged with less memory.</summary>
    public void Add(long step, ForEach forEach)
    {
        var added = (float)(1 - Math.Min(_kept, (1.0 + step) / (10 + step)));
        forEach(_parameters.Parts.Length, index =>
        {
            var part = _parameters.Parts[index];
            float* average = (float*)Values.Pointer + part.Start, values = (float*)_parameters.Values.Pointer + part.Start;
            for (var i = 0; i < part.Length; i += Vector<float>.Count)
            {
                var old = Vector.Load(average + i);
                Vector.Store(old + ((Vector.Load(values + i) - old) * added), average + i);
            }
        });
    }
}
