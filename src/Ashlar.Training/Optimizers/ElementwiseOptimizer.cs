using System.Numerics;
using Ashlar.Tensors;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>An optimizer that moves each element by its own history alone, so that threads may take any parts.</summary>
public abstract unsafe class ElementwiseOptimizer : Optimizer
{
    private readonly int _states;

    private protected ElementwiseOptimizer(ParameterSet parameters, WeightDecay decay, params ReadOnlySpan<string> states)
        : base(parameters, decay, states) => _states = states.Length;

    private protected override void Update(double learningRate, float gradientScale, ForEach forEach)
    {
        Begin();
        forEach(Parameters.Parts.Length, index =>
        {
            var part = Parameters.Parts[index];
            if (Takes(part.Parameter) && Owns(part.Parameter)) UpdatePart(part, learningRate, gradientScale);
        });
    }

    /// <summary>Computes what all elements share, once a step.</summary>
    private protected virtual void Begin()
    {
    }

    /// <summary>Whether a parameter is moved element by element.</summary>
    private protected virtual bool Takes(Parameter parameter) => true;

    /// <summary>Where to move: what is subtracted from the value, before the learning rate and without decay.</summary>
    /// <param name="gradient">The gradient, scaled.</param>
    /// <param name="first">The elements of the first state.</param>
    /// <param name="second">The elements of the second state; the first again where there is none.</param>
    private protected abstract Vector<float> Direction(Vector<float> gradient, float* first, float* second);

    /// <summary>The part of a buffer.</summary>
    private protected static float* At(TensorData buffer, ParameterPart part) => (float*)buffer.Pointer + part.Start;

    private void UpdatePart(ParameterPart part, double learningRate, float gradientScale)
    {
        float* values = At(Parameters.Values, part), gradients = At(Parameters.Gradients, part);
        float* first = At(State(0), part), second = At(State(_states - 1), part);
        var (kept, rate) = ((float)(1 - (learningRate * Decay.Of(part.Parameter))), (float)-learningRate);
        for (var i = 0; i < part.Length; i += Vector<float>.Count)
        {
            var direction = Direction(Vector.Load(gradients + i) * gradientScale, first + i, second + i);
            Vector.Store((Vector.Load(values + i) * kept) + (direction * rate), values + i);
        }
    }
}
