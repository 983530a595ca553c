using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Passes;

public class CompiledGraphTests
{
    private const int Graphs = 300;

    private static readonly string[] Sets = [.. new[] { Processor.NameOf(Processor.Best), "avx2", "portable" }
        .Where(name => name == "portable" || Processor.IsSupported(Processor.Named(name))).Distinct()];

    [Fact]
    public void Random_graphs_compute_what_the_reference_backend_computes()
    {
        for (var seed = 0; seed < Graphs; seed++) Compare(seed);
    }

    private static void Compare(int seed)
    {
        var random = new RandomGraph(seed);
        using var reference = new Executable(random.Graph, 1, "reference");
        var compiled = Sets.Select(set => (set, new Executable(random.Graph, 1 + seed % 2, set))).ToArray();
        var data = new Random(seed);
        foreach (var sizes in random.Sizes())
        {
            var inputs = random.Graph.Inputs.Select(input => (Graph.KeyOf(input)!, RandomGraph.Fill(input, sizes, data))).ToArray();
            var before = inputs.Select(input => input.Item2.AsSpan<byte>().ToArray()).ToArray();
            Run(reference, inputs);
            foreach (var (set, executable) in compiled)
            {
                Run(executable, inputs);
                for (var i = 0; i < inputs.Length; i++)
                {
                    Assert.True(before[i].AsSpan().SequenceEqual(inputs[i].Item2.AsSpan<byte>()), $"seed {seed}, {set}: changes an input");
                }

                for (var i = 0; i < random.Outputs.Length; i++)
                {
                    Check(reference.Output(i), executable.Output(i), random.Outputs[i],
                        $"seed {seed}, {set}, output {i} {random.Outputs[i].Tensor.Node.Op.Name} of {string.Join(", ", sizes)}");
                }
            }
        }

        foreach (var (_, executable) in compiled) executable.Dispose();
    }

    private static void Run(Executable executable, (string Key, TensorData Data)[] inputs)
    {
        foreach (var (key, data) in inputs) executable.Bind(key, data);
        executable.Run();
    }

    private static void Check(TensorData expected, TensorData actual, RandomGraph.Item item, string where)
    {
        Assert.True(expected.Type == actual.Type && expected.Sizes.SequenceEqual(actual.Sizes), $"{where}: {actual}, not {expected}");
        if (item.IsExact)
        {
            // As numbers: zeros have two signs.
            var isSame = expected.Type == DType.F32
                ? expected.AsSpan<float>().SequenceEqual(actual.AsSpan<float>())
                : expected.AsSpan<byte>().SequenceEqual(actual.AsSpan<byte>());
            Assert.True(isSame, $"{where}: exact results differ");
            return;
        }

        var left = expected.AsSpan<float>();
        var right = actual.AsSpan<float>();
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i].Equals(right[i])) continue;
            Assert.True(
                Math.Abs(left[i] - right[i]) <= item.Error + 1e-6, $"{where}: element {i} is {right[i]}, not {left[i]} +- {item.Error}");
        }
    }
}
