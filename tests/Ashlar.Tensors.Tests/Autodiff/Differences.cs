using Ashlar.Tensors.Runtime;
using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Autodiff;

/// <summary>
/// Compares gradients with what central differences say, in double precision by the reference backend. What is differentiated is
/// the sum of a function's elements, each times a random weight, so that errors do not cancel.
/// </summary>
internal sealed class Differences(Random random)
{
    private const double Step = 1e-5;
    private const double Tolerance = 2e-7; // of the larger of 1 and the gradient; the error of differences is about 1e-10 / step

    /// <summary>An F64 leaf of random numbers.</summary>
    /// <param name="from">The smallest.</param>
    /// <param name="to">The largest.</param>
    /// <param name="sizes">Its shape.</param>
    public Leaf Leaf(double from, double to, params ReadOnlySpan<long> sizes)
    {
        var data = TensorData.Allocate(DType.F64, sizes);
        foreach (ref var value in data.AsSpan<double>()) value = from + random.NextDouble() * (to - from);
        return new Leaf(Tensor.Input($"x{Guid.NewGuid():N}", DType.F64, Shape.Of(sizes)), data);
    }

    /// <summary>An F64 leaf of numbers from -1 to 1.</summary>
    public Leaf Leaf(params ReadOnlySpan<long> sizes) => Leaf(-1, 1, sizes);

    /// <summary>Checks the gradient of a value with respect to every leaf, at every element.</summary>
    public void Check(Tensor value, params ReadOnlySpan<Leaf> leaves) => Check(value, Tolerance, leaves);

    /// <summary>Checks the gradient of a value with respect to every leaf, while others keep their values.</summary>
    public void Check(Tensor value, Leaf[] leaves, Leaf[] others) => Check(value, Tolerance, leaves, others);

    /// <summary>Checks the gradient of a value with respect to every leaf, at every element, with another tolerance.</summary>
    public void Check(Tensor value, double tolerance, ReadOnlySpan<Leaf> leaves, ReadOnlySpan<Leaf> others = default)
    {
        var weighted = (value.Cast(DType.F64) * Weights(value)).Reshape([value.Shape.Elements]).Sum(0);
        var gradients = weighted.Gradients([.. leaves.ToArray().Select(leaf => leaf.Tensor)]);
        using var forward = Bound([weighted], [.. leaves, .. others]);
        using var backward = Bound(gradients, [.. leaves, .. others]);
        backward.Run();
        for (var i = 0; i < leaves.Length; i++)
        {
            var gradient = Guarded.Doubles(backward.Output(i));
            var elements = leaves[i].Data.AsSpan<double>();
            Assert.Equal(leaves[i].Data.Sizes.ToArray(), backward.Output(i).Sizes.ToArray());
            for (var j = 0; j < elements.Length; j++)
            {
                var x = elements[j];
                elements[j] = x + Step;
                var above = Run(forward);
                elements[j] = x - Step;
                var below = Run(forward);
                elements[j] = x;
                var expected = (above - below) / (2 * Step);
                if (Math.Abs(expected - gradient[j]) <= tolerance * Math.Max(1, Math.Abs(expected))) continue;
                Assert.Fail($"leaf {i}, element {j}: the gradient is {gradient[j]:R}, differences say {expected:R}");
            }
        }
    }

    /// <summary>Checks gradients, and the gradients of a weighted sum of gradients.</summary>
    public void CheckTwice(Tensor value, params ReadOnlySpan<Leaf> leaves)
    {
        Check(value, leaves);
        var weighted = (value * Weights(value)).Reshape([value.Shape.Elements]).Sum(0);
        foreach (var gradient in weighted.Gradients([.. leaves.ToArray().Select(leaf => leaf.Tensor)])) Check(gradient, leaves);
    }

    /// <summary>An executable of the reference backend in which leaves are bound.</summary>
    public static Executable Bound(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Leaf> leaves)
    {
        var graph = new Graph([.. outputs.ToArray().Select(output => output.Node)]);
        var executable = new Executable(graph, 1, "reference");
        foreach (var leaf in leaves)
        {
            if (graph.Nodes.Contains(leaf.Tensor.Node)) executable.Bind(Graph.KeyOf(leaf.Tensor.Node)!, leaf.Data);
        }

        return executable;
    }

    private static double Run(Executable executable)
    {
        executable.Run();
        return executable.Output(0).AsSpan<double>()[0];
    }

    private Tensor Weights(Tensor value)
    {
        var sizes = value.Shape.Evaluate(new Dictionary<Symbol, long>());
        var weights = TensorData.Allocate(DType.F64, sizes);
        foreach (ref var weight in weights.AsSpan<double>()) weight = random.NextDouble() * 2 - 1;
        return Tensor.Weight(weights);
    }
}

/// <summary>An input with its values.</summary>
/// <param name="Tensor">The input.</param>
/// <param name="Data">Its values.</param>
internal sealed record Leaf(Tensor Tensor, TensorData Data)
{
    public static implicit operator Tensor(Leaf leaf) => leaf.Tensor;
}
