using System.Diagnostics;
using Ashlar.Bench.Measuring;
using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Tensors.Autodiff;
using Ashlar.Tensors.Runtime;
using Ashlar.Training.Objectives;

namespace Ashlar.Bench.Training;

/// <summary>A training step without its optimizer: the loss of a batch, and the gradients of all weights.</summary>
internal sealed class StepCase : IDisposable
{
    private readonly Executable _executable;
    private readonly double _operations;

    /// <summary>Compiles the step of a new model.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="shape">The model.</param>
    /// <param name="rows">Rows of a batch.</param>
    /// <param name="length">Tokens of a row.</param>
    /// <param name="products">The type of matrices in products.</param>
    /// <param name="threads">How many threads compute.</param>
    public StepCase(string name, ModelShape shape, int rows, int length, DType products, int threads)
    {
        Name = $"{name}, {rows} x {length}, {products}";
        Tokens = rows * length;
        var tensors = shape.Tensors().ToDictionary(tensor => tensor.Key, tensor => TensorData.Zeros(DType.F32, tensor.Value));
        var graph = TrainingGraph.Build(name, shape.Configure(), tensors, new TrainingBatch(rows, length), products);
        var (targets, weights) = (RowInputs.Targets(Tokens), RowInputs.Weights(Tokens));
        var loss = TokenLoss.Sum(graph, targets, weights, shape.VocabularySize);
        var whole = new Graph([loss.Node, .. Gradient.Of(loss.Node, [.. graph.Weights.Values.Select(leaf => leaf.Node)])]);
        _operations = OperationsOf(shape, rows, length);
        _executable = new Executable(whole, threads);
        foreach (var input in whole.Inputs) _executable.Bind(Graph.KeyOf(input)!, Numbers(input, shape.VocabularySize, length));
        _executable.Run();
        ArenaBytes = _executable.PooledBytes;
    }

    public string Name { get; }

    public int Tokens { get; }

    /// <summary>Bytes of all values and outputs.</summary>
    public long ArenaBytes { get; }

    /// <summary>Its speed.</summary>
    public Trial Trial() => new(Name, "GOPS", _operations, count =>
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++) _executable.Run();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    });

    /// <summary>How many tokens are trained on in a second at a speed.</summary>
    public double TokensPerSecond(double speed) => Tokens * speed * 1e9 / _operations;

    /// <summary>
    /// What a step multiplies and adds: six for each weight of a product and token, and of attention, where half of the scores
    /// are of no use, all that is computed.
    /// </summary>
    public static double OperationsOf(ModelShape shape, int rows, int length)
    {
        var matrices = shape.Tensors().Values.Where(sizes => sizes.Length == 2 && sizes[0] != shape.ContextLength)
            .Sum(sizes => (double)sizes[0] * sizes[1]);
        if (!shape.IsTied) matrices -= (double)shape.VocabularySize * shape.Width; // rows of the embedding are only gathered
        var attention = 12.0 * shape.Layers * shape.Heads * shape.HeadSize * length;
        return rows * length * (6 * matrices + attention);
    }

    public void Dispose() => _executable.Dispose();

    private static TensorData Numbers(Node input, int vocabulary, int length)
    {
        var data = TensorData.Zeros(input.Type, [.. input.Shape.Select(size => size.Value)]);
        var key = Graph.KeyOf(input)!;
        if (input.Type == DType.I32)
        {
            var random = new Random(1);
            var numbers = data.AsSpan<int>();
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i] = key == "positions" ? i % length : key == "segments" ? 0 : random.Next(vocabulary);
            }

            return data;
        }

        if (data.Sizes.Length == 1)
        {
            data.AsSpan<float>().Fill(1);
            return data;
        }

        var values = data.AsSpan<float>();
        SampleNumbers.Normal(values.Length, seed: 1).CopyTo(values);
        foreach (ref var value in values) value *= 0.02f;
        return data;
    }
}
