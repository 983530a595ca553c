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
        var first = int.Parse(Environment.GetEnvironmentVariable("FUZZ_FIRST") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var count = int.Parse(Environment.GetEnvironmentVariable("FUZZ_COUNT") ?? $"{Graphs}", System.Globalization.CultureInfo.InvariantCulture);
        var failures = new List<string>();
        for (var seed = first; seed < first + count; seed++)
        {
            try
            {
                Console.Error.WriteLine(seed);
                Compare(seed);
            }
            catch (Exception error)
            {
                failures.Add($"seed {seed}: {error.GetType().Name} {error.Message}\n{string.Join("\n", error.StackTrace!.Split('\n').Where(l => l.Contains("proof", StringComparison.Ordinal)).Take(4))}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} failures\n" + string.Join("\n", failures.Take(40)));
    }

    private static void Compare(int seed)
    {
        var random = new RandomGraph(seed);
        if (Environment.GetEnvironmentVariable("FUZZ_PLAN") is { } plan)
        {
            Console.Error.WriteLine(Ashlar.Tensors.Passes.Simplification.Of(random.Graph).ToText());
            Console.Error.WriteLine(Ashlar.Tensors.Passes.PlanText.Of(Ashlar.Tensors.Passes.Plan.Of(random.Graph, Processor.Named(plan)), random.Sizes()[0]));
        }

        using var reference = new Executable(random.Graph, 1, "reference");
        var compiled = Sets.Select(set => (set, new Executable(random.Graph, 1 + seed % 2, set))).ToArray();
        var data = new Random(seed);
        foreach (var sizes in random.Sizes())
        {
            var inputs = random.Graph.Inputs.Select(input => (Graph.KeyOf(input)!, RandomGraph.Fill(input, sizes, data))).ToArray();
            Run(reference, inputs);
            foreach (var (set, executable) in compiled)
            {
                Run(executable, inputs);
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
        var wrong = 0;
        for (var i = 0; i < left.Length; i++) wrong += !left[i].Equals(right[i]) && !(Math.Abs(left[i] - right[i]) <= item.Error + 1e-6) ? 1 : 0;
        if (wrong > 0 || where.Contains("seed 341,", StringComparison.Ordinal)) unsafe { Console.Error.WriteLine($"{where}: {wrong} of {left.Length} wrong at {(long)actual.Pointer:x} {(long)expected.Pointer:x} {expected}"); }
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i].Equals(right[i])) continue;
            Assert.True(
                Math.Abs(left[i] - right[i]) <= item.Error + 1e-6, $"{where}: element {i} is {right[i]}, not {left[i]} +- {item.Error}");
        }
    }
}
