using Ashlar.Training.Parameters;

namespace Ashlar.Training.Tests.Optimizers;

/// <summary>Optimizers as their papers write them, one number at a time in double precision.</summary>
internal sealed class FormulaOracle(string name, ParameterSet set, double rate, double decay)
{
    private readonly Dictionary<string, double[]> _values = set.All.ToDictionary(
        parameter => parameter.Name, parameter => OptimizerCase.Values(set, parameter.Name).Select(value =>
            (double)value).ToArray());

    private readonly Dictionary<string, (double First, double Second)[]> _states = set.All.ToDictionary(
        parameter => parameter.Name, parameter => new (double, double)[parameter.Elements]);

    private int _step;

    public double[] Values(string parameter) => _values[parameter];

    public void Step(double scale)
    {
        _step++;
        foreach (var parameter in set.All)
        {
            var gradients = OptimizerCase.Gradients(set, parameter.Name);
            var shrinks = parameter.Name is "blk.0.attn_q.weight" or "output.weight";
            for (var i = 0; i < gradients.Length; i++)
            {
                ref var value = ref _values[parameter.Name][i];
                var direction = Direction(gradients[i] * scale, ref _states[parameter.Name][i]);
                value -= rate * (direction + (shrinks ? decay * value : 0));
            }
        }
    }

    private double Direction(double gradient, ref (double First, double Second) state)
    {
        switch (name)
        {
            case "adamw":
                state = ((0.9 * state.First) + (0.1 * gradient), (0.95 * state.Second) + (0.05 * gradient * gradient));
                var (mean, square) = (state.First / (1 - Math.Pow(0.9, _step)), state.Second / (1 - Math.Pow(0.95, _step)));
                return mean / (Math.Sqrt(square) + 1e-8);
            case "lion":
                var mixed = (0.9 * state.First) + (0.1 * gradient);
                state.First = (0.99 * state.First) + (0.01 * gradient);
                return Math.Sign(mixed);
            default:
                state.First = (0.9 * state.First) + gradient;
                return name == "nesterov" ? (0.9 * state.First) + gradient : state.First;
        }
    }
}
