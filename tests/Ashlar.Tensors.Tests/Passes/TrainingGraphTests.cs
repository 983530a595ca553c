using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>Forward and backward of decoders: every node has a kernel, and the gradients are the reference backend's.</summary>
public sealed class TrainingGraphTests
{
    private static readonly string[] Sets = [.. new[] { Processor.NameOf(Processor.Best), "avx512", "avx2", "portable" }
        .Where(name => name == "portable" || Processor.IsSupported(Processor.Named(name))).Distinct()];

    [Theory]
    [InlineData(false, DType.F32)]
    [InlineData(false, DType.BF16)]
    [InlineData(true, DType.F32)]
    [InlineData(true, DType.BF16)]
    public void Gradients_of_a_decoder_are_those_of_the_reference_backend(bool isGpt, DType products)
    {
        var model = new TinyLlama(2, 13, 24, 4, 44, 53, 2, 2, products, isGpt);
        var inputs = Inputs(model);
        using var reference = new Executable(model.Graph, 2, "reference");
        Run(reference, inputs);
        foreach (var set in Sets)
        {
            using var executable = new Executable(model.Graph, 2, set);
            Run(executable, inputs);
            Run(executable, inputs); // in memory that has been used
            for (var i = 0; i < model.Graph.Outputs.Length; i++)
            {
                Compare(reference.Output(i), executable.Output(i), products, $"{set}, output {i}");
            }
        }
    }

    [Theory]
    [InlineData(false, DType.F32)]
    [InlineData(true, DType.BF16)]
    public void Nothing_is_left_to_the_reference_backend(bool isGpt, DType products)
    {
        var model = new TinyLlama(2, 13, 24, 4, 44, 53, 2, 2, products, isGpt);
        foreach (var set in Sets)
        {
            var plan = Plan.Of(model.Graph, Processor.Named(set));
            var left = plan.Regions.OfType<ReferenceRegion>().Select(region => region.Nodes[0].Describe());
            Assert.True(!left.Any(), $"{set}: {string.Join(", ", left)}");
        }
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        var model = new TinyLlama(2, 29, 48, 4, 80, 333, 2, 2);
        var inputs = Inputs(model);
        using var one = new Executable(model.Graph, 1);
        using var three = new Executable(model.Graph, 3);
        Run(one, inputs);
        Run(three, inputs);
        for (var i = 0; i < model.Graph.Outputs.Length; i++)
        {
            Assert.True(one.Output(i).AsSpan<byte>().SequenceEqual(three.Output(i).AsSpan<byte>()), $"output {i}");
        }
    }

    private static (string Key, TensorData Data)[] Inputs(TinyLlama model)
    {
        var random = new Random(5);
        return [.. model.Graph.Inputs.DistinctBy(input => Graph.KeyOf(input))
            .Select(input => (Graph.KeyOf(input)!, model.Fill(input, random)))];
    }

    private static void Run(Executable executable, (string Key, TensorData Data)[] inputs)
    {
        foreach (var (key, data) in inputs) executable.Bind(key, data);
        executable.Run();
    }

    private static void Compare(TensorData expected, TensorData actual, DType products, string where)
    {
        var x = expected.AsSpan<float>();
        var y = actual.AsSpan<float>();
        Assert.Equal(x.Length, y.Length);
        var largest = 0f;
        foreach (var value in x) largest = Math.Max(largest, Math.Abs(value));
        var tolerance = largest * (products == DType.BF16 ? 3e-2f : 1e-4f) + 1e-7f;
        for (var i = 0; i < x.Length; i++)
        {
            Assert.True(Math.Abs(x[i] - y[i]) <= tolerance, $"{where}: element {i} is {y[i]}, not {x[i]} +- {tolerance}");
        }
    }
}
