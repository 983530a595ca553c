using Ashlar.Models.Training;
using Ashlar.Tensors;
using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;
using Ashlar.Training.Objectives;

namespace Ashlar.Training.Tests.Models;

public class ArchitectureGradientTests
{
    private const int Rows = 2, Length = 8;
    private const double Step = 1e-5;

    public static TheoryData<string> Names => [.. TinyModel.Names];

    // In double precision, along a random direction in the space of each tensor: the error of differences is about 1e-9 there.
    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_of_every_tensor_agrees_with_differences(string name)
    {
        var (loss, leaves, weights, inputs) = Loss(name);
        var wide = Widened.Of(loss.Node);
        var values = weights.ToDictionary(pair => pair.Key, pair => Tensor.Weight(pair.Value).Cast(DType.F64).Realize());
        var wideLoss = new Tensor(wide[loss.Node]);
        Tensor[] wideLeaves = [.. leaves.Values.Select(leaf => new Tensor(wide.GetValueOrDefault(leaf.Node) ?? leaf.Node))];
        using var forward = Bound([wideLoss], values, inputs);
        using var backward = Bound(wideLoss.Gradients(wideLeaves), values, inputs);
        backward.Run();
        var random = new Random(7);
        foreach (var (index, leaf) in leaves.Keys.Index())
        {
            var gradient = backward.Output(index).AsSpan<double>().ToArray();
            var elements = values[leaf].AsSpan<double>().ToArray();
            double[] direction = [.. elements.Select(_ => random.NextDouble() * 2 - 1)];
            var difference = (At(Step) - At(-Step)) / (2 * Step);
            elements.CopyTo(values[leaf].AsSpan<double>());
            var slope = direction.Zip(gradient, (d, g) => d * g).Sum();
            Assert.True(Math.Abs(slope - difference) <= 1e-6 * Math.Max(1, Math.Abs(slope)),
                $"{name}, {leaf}: the slope is {slope:R}, differences say {difference:R}");
            Assert.Contains(gradient, value => value != 0);

            double At(double step)
            {
                for (var i = 0; i < elements.Length; i++) values[leaf].AsSpan<double>()[i] = elements[i] + step * direction[i];
                forward.Run();
                return forward.Output(0).AsSpan<double>()[0];
            }
        }
    }

    // What is trained with is F32, compiled: rounding at 6e-8 through some hundred operations stays below 1e-4 of a tensor's
    // norm.
    [Theory]
    [MemberData(nameof(Names))]
    public void Compiled_gradients_of_single_precision_are_those_of_double_precision_to_1e_4(string name)
    {
        var (loss, leaves, weights, inputs) = Loss(name);
        var wide = Widened.Of(loss.Node);
        var values = weights.ToDictionary(pair => pair.Key, pair => Tensor.Weight(pair.Value).Cast(DType.F64).Realize());
        Tensor[] wideLeaves = [.. leaves.Values.Select(leaf => new Tensor(wide.GetValueOrDefault(leaf.Node) ?? leaf.Node))];
        using var exact = Bound(new Tensor(wide[loss.Node]).Gradients(wideLeaves), values, inputs);
        using var compiled = Bound(loss.Gradients([.. leaves.Values]), weights, inputs, set: null);
        exact.Run();
        compiled.Run();
        foreach (var (index, leaf) in leaves.Keys.Index())
        {
            var expected = exact.Output(index).AsSpan<double>();
            var actual = compiled.Output(index).AsSpan<float>();
            double error = 0, norm = 0;
            for (var i = 0; i < expected.Length; i++)
            {
                error += (expected[i] - actual[i]) * (expected[i] - actual[i]);
                norm += expected[i] * expected[i];
            }

            Assert.True(
                Math.Sqrt(error) <= 1e-4 * Math.Sqrt(norm), $"{name}, {leaf}: off by {Math.Sqrt(error / norm):R} of its norm");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Computing_each_layer_twice_gives_the_same_bits(string name)
    {
        var (loss, leaves, weights, inputs) = Loss(name);
        using var plain = Bound(loss.Gradients([.. leaves.Values]), weights, inputs, set: null);
        // What goes from layer to layer: the sums over (tokens, width) that are added to again.
        Tensor[] residuals = [.. new Graph(loss.Node).Nodes
            .Where(node => node.Op.Name == "add" && node.Shape == [Rows * Length, TinyModel.Shape(name).Width])
            .Select(node => new Tensor(node))];
        Assert.InRange(residuals.Length, 2 * TinyModel.Shape(name).Layers, 200);
        using var again = Bound(loss.Gradients([.. leaves.Values], residuals), weights, inputs, set: null);
        plain.Run();
        again.Run();
        foreach (var (index, leaf) in leaves.Keys.Index())
        {
            var isSame = plain.Output(index).AsSpan<byte>().SequenceEqual(again.Output(index).AsSpan<byte>());
            Assert.True(isSame, $"{name}, {leaf}: bits differ");
        }
    }

    [Fact]
    public void Computing_each_layer_twice_takes_less_memory()
    {
        const int Deep = 8, Tokens = 256, Width = 32;
        var shape = TinyModel.Shape("llama") with { Layers = Deep };
        var batch = new TrainingBatch(2, Tokens / 2);
        var graph = TrainingGraph.Build("llama", shape.Configure(), TinyModel.Weights(shape, 3), batch);
        var (targets, weights) = (Tensor.Input("targets", DType.I32, [Tokens]), Tensor.Input("weights", DType.F32, [Tokens]));
        var loss = TokenLoss.Sum(graph, targets, weights, shape.VocabularySize);
        Tensor[] leaves = [.. graph.Weights.Values];
        Tensor[] residuals = [.. new Graph(loss.Node).Nodes.Where(node => node.Op.Name == "add" && node.Shape == [Tokens, Width])
            .Select(node => new Tensor(node))];
        var plain = Need(loss.Gradients(leaves));
        var layers = Need(loss.Gradients(leaves, [.. residuals.Where((_, i) => i % 2 == 1)]));
        TestContext.Current.TestOutputHelper?.WriteLine($"{plain} bytes; {layers} with layers computed twice");
        Assert.True(layers < 0.5 * plain, $"{layers} bytes where all is kept in {plain}");

        static long Need(Tensor[] gradients) => new Graph([.. gradients.Select(gradient => gradient.Node)])
            .MeasureMemory(new Dictionary<string, long>())!.Value.ValueBytes;
    }

    private static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Leaves, Dictionary<string, TensorData> Weights,
        Dictionary<string, TensorData> Inputs) Loss(string name)
    {
        var shape = TinyModel.Shape(name);
        var weights = TinyModel.Weights(shape, seed: 3);
        var graph = TrainingGraph.Build(name, shape.Configure(), weights, new TrainingBatch(Rows, Length));
        var random = new Random(4);
        int[] places = [.. Enumerable.Range(0, Rows * Length)];
        var inputs = new Dictionary<string, TensorData>
        {
            ["tokens"] = TensorData.From<int>([.. places.Select(_ => random.Next(TinyModel.Vocabulary))]),
            ["targets"] = TensorData.From<int>([.. places.Select(_ => random.Next(TinyModel.Vocabulary))]),
            ["segments"] = TensorData.From<int>([.. places.Select(place => place < 3 ? 1 : 2)]),
            ["positions"] = TensorData.From<int>([.. places.Select(place => place < 3 ? place : (place - 3) % Length)]),
        };
        var scales = Tensor.From<float>([.. places.Select(place => place % 4 == 3 ? 0 : 1f)]);
        var loss = TokenLoss.Sum(graph, Tensor.Input("targets", DType.I32, [Rows * Length]), scales, TinyModel.Vocabulary);
        return (loss, graph.Weights, weights, inputs);
    }

    private static Executable Bound(Tensor[] outputs, Dictionary<string, TensorData> weights,
        Dictionary<string, TensorData> inputs, string? set = "reference")
    {
        var graph = new Graph([.. outputs.Select(output => output.Node)]);
        var executable = new Executable(graph, 2, set);
        foreach (var key in graph.Inputs.Select(input => Graph.KeyOf(input)!))
        {
            executable.Bind(key, weights.GetValueOrDefault(key) ?? inputs[key]);
        }

        return executable;
    }
}
