using Ashlar.Tensors;
using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>
/// How parameters follow their gradients. Weight decay is decoupled from the gradient (Loshchilov and Hutter, 2019) and leaves
/// out the roles it is told to. The same gradients give the same bits, however many threads there are.
/// </summary>
public abstract class Optimizer
{
    private readonly string[] _stateNames;
    private readonly TensorData[] _states;

    /// <summary>Makes the states, zeros.</summary>
    private protected Optimizer(ParameterSet parameters, WeightDecay decay, params ReadOnlySpan<string> states)
    {
        (Parameters, Decay) = (parameters, decay);
        _stateNames = states.ToArray();
        _states = [.. _stateNames.Select(_ => parameters.NewBuffer())];
    }

    /// <summary>What is optimized.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>How many steps were made.</summary>
    public long Steps { get; internal set; }

    /// <summary>What the optimizer remembers from step to step, by name: buffers in the parameters' layout.</summary>
    public IEnumerable<KeyValuePair<string, TensorData>> States => _stateNames.Zip(_states, KeyValuePair.Create);

    /// <summary>Which parameters a step moves: all, or those whose states this process has.</summary>
    internal Func<Parameter, bool> Owns { get; set; } = _ => true;

    /// <summary>How much parameters shrink.</summary>
    private protected WeightDecay Decay { get; }

    /// <summary>Makes one step.</summary>
    /// <param name="learningRate">The learning rate, 0 or more.</param>
    /// <param name="gradientScale">A factor on every gradient: one over the tokens they were summed over, or less to
    /// clip.</param>
    /// <param name="forEach">The threads.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is negative, or a number is not finite.</exception>
    public void Step(double learningRate, double gradientScale, ForEach forEach)
    {
        if (!(learningRate >= 0) || !double.IsFinite(learningRate))
        {
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "a learning rate is 0 or more");
        }

        if (!double.IsFinite(gradientScale))
        {
            throw new ArgumentOutOfRangeException(nameof(gradientScale), gradientScale, "the factor on gradients is not finite");
        }

        Steps++;
        Update(learningRate, (float)gradientScale, forEach);
    }

    /// <summary>A state's buffer, in the order the constructor was given.</summary>
    private protected TensorData State(int index) => _states[index];

    /// <summary>Moves the parameters; <see cref="Steps"/> counts this step already.</summary>
    private protected abstract void Update(double learningRate, float gradientScale, ForEach forEach);
}
