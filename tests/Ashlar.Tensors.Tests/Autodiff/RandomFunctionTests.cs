using Ashlar.Tensors.Runtime;
using Kernel = Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Autodiff;

public class RandomFunctionTests
{
    [Fact]
    public void Gradients_of_random_functions_agree_with_differences()
    {
        var random = Kernel.Seeded(Environment.TickCount);
        for (var round = 0; round < 40; round++)
        {
            var seed = random.Next();
            TestContext.Current.TestOutputHelper?.WriteLine($"function {seed}");
            var differences = new Differences(random);
            var leaves = new List<Leaf>();
            var function = new RandomFunction(seed, DType.F64, sizes =>
            {
                leaves.Add(differences.Leaf(sizes));
                return leaves[^1];
            });
            differences.Check(function.Result, [.. leaves]);
        }
    }

    // Both compute in F32, in other orders; a gradient is off by rounding that the function magnifies, so that it is compared
    // with the largest of its tensor. What the compiler has no kernel for goes to the reference backend, node by node.
    [Fact]
    public void Forward_and_backward_are_compiled_to_what_the_reference_backend_computes()
    {
        var random = Kernel.Seeded(Environment.TickCount);
        for (var round = 0; round < 60; round++)
        {
            var seed = random.Next();
            TestContext.Current.TestOutputHelper?.WriteLine($"function {seed}");
            var inputs = new Dictionary<string, TensorData>();
            var leaves = new List<Tensor>();
            var function = new RandomFunction(seed, DType.F32, sizes =>
            {
                var data = TensorData.Allocate(DType.F32, sizes);
                foreach (ref var value in data.AsSpan<float>()) value = random.NextSingle() * 2 - 1;
                leaves.Add(Tensor.Input($"x{leaves.Count}", DType.F32, Shape.Of(sizes)));
                inputs.Add($"x{inputs.Count}", data);
                return leaves[^1];
            });

            Tensor[] results = [function.Result, .. function.Result.Gradients([.. leaves])];
            var graph = new Graph([.. results.Select(result => result.Node)]);
            using var compiled = new Executable(graph, 2);
            using var reference = new Executable(graph, 1, "reference");
            foreach (var executable in (Executable[])[compiled, reference])
            {
                foreach (var input in graph.Inputs) executable.Bind(Graph.KeyOf(input)!, inputs[Graph.KeyOf(input)!]);
                executable.Run();
            }

            for (var i = 0; i < graph.Outputs.Length; i++)
            {
                var expected = reference.Output(i).AsSpan<float>().ToArray();
                var actual = compiled.Output(i).AsSpan<float>().ToArray();
                var largest = expected.Max(Math.Abs);
                for (var j = 0; j < expected.Length; j++)
                {
                    var tolerance = 2e-4 * largest + 1e-7;
                    Assert.True(Math.Abs(expected[j] - actual[j]) <= tolerance,
                        $"function {seed}, output {i}: {j} is {actual[j]:R}, not {expected[j]:R}, of {largest:R} at most");
                }
            }
        }
    }

    [Fact]
    public void The_beginning_of_an_input_is_read_also_by_what_has_no_kernel()
    {
        var x = Tensor.Input("x", DType.F32, [1, 2]);
        var first = x.Slice(1, 0, 1);
        using var executable = new Executable(
            new Graph(first.ScatterAdd(Tensor.From<int>([1]), 3).Node, first.Node, (first + 1).Node), 1);
        executable.Bind("x", TensorData.From<float>([5, 7], 1, 2));
        executable.Run();
        Assert.Equal([0f, 5, 0], executable.Output(0).AsSpan<float>().ToArray());
        Assert.Equal([5f], executable.Output(1).AsSpan<float>().ToArray());
        Assert.Equal([6f], executable.Output(2).AsSpan<float>().ToArray());
    }

    [Fact]
    public void Random_functions_of_many_samples_have_the_gradients_of_each()
    {
        var random = Kernel.Seeded(Environment.TickCount);
        for (var round = 0; round < 20; round++)
        {
            var seed = random.Next();
            TestContext.Current.TestOutputHelper?.WriteLine($"function {seed}");
            var leaves = new List<Tensor>();
            // The first leaf holds the samples; the others are the same for all.
            Tensor[] Gradients(Tensor sample)
            {
                var count = 0;
                var function = new RandomFunction(seed, DType.F64, sizes =>
                    count++ == 0 ? sample : count <= leaves.Count + 1 ? leaves[count - 2] : Add(sizes));
                return function.Result.Gradients([sample, .. leaves]);
            }

            Tensor Add(long[] sizes)
            {
                leaves.Add(Numbers(sizes));
                return leaves[^1];
            }

            long[]? first = null;
            _ = new RandomFunction(seed, DType.F64, sizes =>
            {
                first ??= sizes;
                return Numbers(sizes);
            });
            var samples = Numbers([3, .. first!]);
            _ = Gradients(samples.Slice(0, 0, 1).Reshape(Shape.Of(first!))); // makes the leaves
            for (var i = 0; i <= leaves.Count; i++)
            {
                var which = i;
                var all = samples.Vmap(sample => Gradients(sample)[which]);
                Tensor[] each = [.. Enumerable.Range(0, 3)
                    .Select(sample => Gradients(samples.Slice(0, sample, 1).Reshape(Shape.Of(first!)))[which])];
                Assert.Equal(each.SelectMany(gradient => gradient.ToArray<double>()), all.ToArray<double>());
            }
        }

        Tensor Numbers(params long[] sizes)
        {
            var data = TensorData.Allocate(DType.F64, sizes);
            foreach (ref var value in data.AsSpan<double>()) value = random.NextDouble() * 2 - 1;
            return Tensor.Weight(data);
        }
    }
}
