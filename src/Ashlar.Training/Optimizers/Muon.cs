using Ashlar.Training.Parameters;

namespace Ashlar.Training.Optimizers;

/// <summary>
/// Muon (Jordan and others, 2024) for the matrices between hidden rows: the step is nearly the orthogonal matrix next to the
/// momentum. It has the size of AdamW's steps (Liu and others, 2025), which all other parameters make, so that one learning rate
/// and one decay serve both.
/// </summary>
public sealed unsafe class Muon : AdamW, IDisposable
{
    private const double SizeOfAdam = 0.2; // the usual root mean square of AdamW's steps

    private readonly float _momentum;
    private readonly int _threads;
    private readonly Dictionary<(long Rows, long Columns), Orthogonalization> _byShape = [];

    /// <summary>Begins with a momentum of zero.</summary>
    /// <param name="parameters">What is optimized.</param>
    /// <param name="decay">The weight decay.</param>
    /// <param name="momentum">What the momentum keeps in a step, 0 to 1.</param>
    /// <param name="beta1">AdamW's, for the other parameters.</param>
    /// <param name="beta2">AdamW's, for the other parameters.</param>
    /// <param name="epsilon">AdamW's, for the other parameters.</param>
    /// <param name="threads">How many threads may compute the products, 0 for as many as the process may use.</param>
    public Muon(ParameterSet parameters, WeightDecay decay, double momentum = 0.95, double beta1 = 0.9, double beta2 = 0.95,
        double epsilon = 1e-8, int threads = 0)
        : base(parameters, decay, beta1, beta2, epsilon) =>
        (_momentum, _threads) = ((float)OptimizerRange.Memory(momentum), threads);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shape in _byShape.Values) shape.Dispose();
        _byShape.Clear();
    }

    private protected override bool Takes(Parameter parameter) => parameter.Role != ParameterRole.Matrix;

    private protected override void Update(double learningRate, float gradientScale, ForEach forEach)
    {
        base.Update(learningRate, gradientScale, forEach);
        foreach (var parameter in Parameters.All.Where(parameter => !Takes(parameter) && Owns(parameter)))
        {
            var (rows, columns) = (parameter.Sizes[^2], parameter.Sizes[^1]);
            if (!_byShape.TryGetValue((rows, columns), out var shape))
            {
                _byShape.Add((rows, columns), shape = new Orthogonalization(rows, columns, _threads));
            }

            for (var first = 0L; first < parameter.Elements; first += rows * columns)
            {
                Move(parameter, parameter.Start + first, shape, learningRate, gradientScale, forEach);
            }
        }
    }

    // The first of AdamW's states holds the momentum.
    private void Move(
        Parameter parameter, long start, Orthogonalization shape, double learningRate, float gradientScale, ForEach forEach)
    {
        const int Piece = 1 << 15;
        var elements = shape.Rows * shape.Columns;
        var pieces = (int)((elements + Piece - 1) / Piece);
        float* momenta = (float*)State(0).Pointer + start, ahead = (float*)shape.Input.Pointer;
        float* values = (float*)Parameters.Values.Pointer + start, gradients = (float*)Parameters.Gradients.Pointer + start;
        forEach(pieces, piece =>
        {
            for (var i = (long)piece * Piece; i < Math.Min(elements, (piece + 1L) * Piece); i++)
            {
                var gradient = gradients[i] * gradientScale;
                momenta[i] = (momenta[i] * _momentum) + gradient;
                ahead[i] = (momenta[i] * _momentum) + gradient;
            }
        });

        var result = shape.Run();
        var direction = (float*)result.Pointer;
        var kept = (float)(1 - (learningRate * Decay.Of(parameter)));
        var rate = (float)(-learningRate * SizeOfAdam * Math.Sqrt(Math.Max(shape.Rows, shape.Columns)));
        forEach(pieces, piece =>
        {
            for (var i = (long)piece * Piece; i < Math.Min(elements, (piece + 1L) * Piece); i++)
            {
                values[i] = (values[i] * kept) + (direction[i] * rate);
            }
        });
        GC.KeepAlive(result);
    }
}
