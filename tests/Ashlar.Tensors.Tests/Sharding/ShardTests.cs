using Ashlar.Tensors.Autodiff;
using Ashlar.Tensors.Runtime;
using Ashlar.Tensors.Sharding;

namespace Ashlar.Tensors.Tests.Sharding;

public class ShardTests
{
    private const int Tokens = 6, Heads = 4, Size = 3, Width = 8, Inner = 12;

    /// <summary>How Megatron cuts a block: first matrices by outputs, last ones by inputs.</summary>
    private static readonly Dictionary<string, int> Block = new()
    {
        ["q"] = 0,
        ["k"] = 0,
        ["v"] = 0,
        ["q.bias"] = 0,
        ["o"] = 1,
        ["gate"] = 0,
        ["up"] = 0,
        ["down"] = 1,
    };

    private static readonly Dictionary<string, long[]> Sizes = new()
    {
        ["x"] = [Tokens, Width],
        ["norm"] = [Width],
        ["q"] = [Heads * Size, Width],
        ["k"] = [Heads * Size, Width],
        ["v"] = [Heads * Size, Width],
        ["q.bias"] = [Heads * Size],
        ["o"] = [Width, Heads * Size],
        ["gate"] = [Inner, Width],
        ["up"] = [Inner, Width],
        ["down"] = [Width, Inner],
    };

    [Theory]
    [InlineData(1, "reference", DType.F64)]
    [InlineData(2, "reference", DType.F64)]
    [InlineData(4, "reference", DType.F64)]
    [InlineData(2, null, DType.F32)]
    public void A_block_of_a_decoder_cut_over_ranks_gives_the_values_and_gradients_of_the_whole(
        int count, string? set, DType type) =>
        // Two sums forward, two backward: one for attention, one for the feed-forward.
        Compare(count, set, type, Block, expectedSums: count == 1 ? null : 4);

    [Fact]
    public void Every_choice_of_axes_gives_the_values_and_gradients_of_the_whole()
    {
        const int Seed = 11;
        var random = new Random(Seed);
        for (var trial = 0; trial < 25; trial++)
        {
            var axes = Sizes.Where(_ => random.Next(2) == 0)
                .Select(pair => (pair.Key, Axis: random.Next(pair.Value.Length)))
                .Where(cut => Sizes[cut.Key][cut.Axis] % 2 == 0)
                .ToDictionary(cut => cut.Key, cut => cut.Axis);
            try
            {
                Compare(2, "reference", DType.F64, axes, null);
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {Seed}, {string.Join(", ", axes)}: {error}");
            }
        }
    }

    [Fact]
    public void What_cannot_be_cut_is_named()
    {
        var (outputs, _) = Build(DType.F32);
        Node[] nodes = [.. outputs.Select(output => output.Node)];
        var ranks = new RankGroup(0, 5, _ => { });
        Assert.Contains("no input 'qq'", Refusal(new() { ["qq"] = 0 }), StringComparison.Ordinal);
        Assert.Contains("'q' has no axis 2", Refusal(new() { ["q"] = 2 }), StringComparison.Ordinal);
        Assert.Contains("axis 0 of input 'q' has 12 elements", Refusal(new() { ["q"] = 0 }), StringComparison.Ordinal);

        string Refusal(Dictionary<string, int> axes) =>
            Assert.Throws<ArgumentException>(() => Shard.Of(nodes, ranks, axes)).Message;
    }

    private static void Compare(int count, string? set, DType type, Dictionary<string, int> axes, int? expectedSums)
    {
        var values = Values(type);
        var (outputs, inputs) = Build(type);
        var whole = Run([.. outputs.Select(output => output.Node)], inputs, set, values, (_, data) => data);
        using var ranks = new RankThreads(count);
        ranks.Run(rank =>
        {
            var group = new RankGroup(rank, count, data => ranks.Sum(rank, data));
            var parts = Shard.Of([.. outputs.Select(output => output.Node)], group, axes);
            var cut = Run(parts, inputs, set, values, (key, data) => axes.TryGetValue(key, out var axis)
                ? Cut(data, axis, rank, count) : data);
            for (var i = 0; i < whole.Length; i++)
            {
                var expected = i == 0 || !axes.TryGetValue(inputs[i - 1], out var axis)
                    ? whole[i] : Cut(whole[i], axis, rank, count);
                AssertNear(expected, cut[i], i == 0 ? "value" : inputs[i - 1]);
            }
        });
        if (expectedSums is not null) Assert.Equal(expectedSums, ranks.Sums);
    }

    // The value, and the gradients of its sum by every input.
    private static TensorData[] Run(Node[] values, string[] keys, string? set, Dictionary<string, TensorData> data,
        Func<string, TensorData, TensorData> part)
    {
        var inputs = new Graph(values).Inputs.ToDictionary(node => Graph.KeyOf(node)!);
        var loss = new Tensor(values[0]);
        loss = (loss * loss).Reshape([loss.Shape.Elements]).Sum(0);
        var gradients = Gradient.Of(loss.Node, [.. keys.Select(key => inputs[key])]);
        using var executable = new Executable(new Graph([values[0], .. gradients]), 1, set);
        foreach (var key in keys) executable.Bind(key, part(key, data[key]));
        executable.Run();
        return [.. Enumerable.Range(0, keys.Length + 1).Select(i => Copy(executable.Output(i)))];
    }

    private static (Tensor[] Outputs, string[] Inputs) Build(DType type)
    {
        var inputs = Sizes.ToDictionary(pair => pair.Key, pair => Tensor.Input(pair.Key, type, Shape.Of(pair.Value)));
        var x = inputs["x"];
        var h = Norm(x);
        var q = Split((h.MatMul(inputs["q"], true) + inputs["q.bias"]) * 0.7);
        var (k, v) = (Split(h.MatMul(inputs["k"], true)), Split(h.MatMul(inputs["v"], true)));
        var y = q.MatMul(k, true).Softmax(-1).MatMul(v) // (heads, tokens, size)
            .Permute(1, 0, 2).Reshape([Tokens, Heads * Size]);
        x += y.MatMul(inputs["o"], true);
        h = Norm(x);
        x += (h.MatMul(inputs["gate"], true).Tanh() * h.MatMul(inputs["up"], true)).MatMul(inputs["down"], true);
        return ([x], [.. Sizes.Keys]);

        Tensor Norm(Tensor rows) => rows * ((rows * rows).Mean(-1) + 1e-5).Sqrt().Reciprocal() * inputs["norm"];

        static Tensor Split(Tensor rows) => rows.Reshape([Tokens, Heads, Size]).Permute(1, 0, 2);
    }

    private static Dictionary<string, TensorData> Values(DType type)
    {
        var random = new Random(5);
        return Sizes.ToDictionary(pair => pair.Key, pair =>
        {
            var data = TensorData.Allocate(type, pair.Value);
            for (var i = 0; i < data.Elements; i++) Set(data, i, random.NextDouble() * 2 - 1);
            return data;
        });
    }

    private static TensorData Cut(TensorData data, int axis, int rank, int count)
    {
        var sizes = data.Sizes.ToArray();
        var inner = sizes.Skip(axis + 1).Aggregate(1L, (product, size) => product * size);
        var (size, part) = (sizes[axis], sizes[axis] / count);
        sizes[axis] = part;
        var result = TensorData.Allocate(data.Type, sizes);
        for (var i = 0; i < result.Elements; i++)
        {
            var (outer, rest) = (i / (part * inner), i % (part * inner));
            Set(result, i, Get(data, outer * size * inner + rank * part * inner + rest));
        }

        return result;
    }

    private static TensorData Copy(TensorData data)
    {
        var copy = TensorData.Allocate(data.Type, data.Sizes);
        data.AsSpan<byte>().CopyTo(copy.AsSpan<byte>());
        return copy;
    }

    private static void AssertNear(TensorData expected, TensorData actual, string name)
    {
        Assert.Equal(expected.Sizes.ToArray(), actual.Sizes.ToArray());
        var tolerance = expected.Type == DType.F64 ? 1e-12 : 2e-5;
        for (var i = 0; i < expected.Elements; i++)
        {
            var (want, got) = (Get(expected, i), Get(actual, i));
            Assert.True(Math.Abs(want - got) <= tolerance * Math.Max(1, Math.Abs(want)), $"{name}[{i}] is {got:R}, not {want:R}");
        }
    }

    private static double Get(TensorData data, long index) =>
        data.Type == DType.F64 ? data.AsSpan<double>()[(int)index] : data.AsSpan<float>()[(int)index];

    private static void Set(TensorData data, long index, double value)
    {
        if (data.Type == DType.F64) data.AsSpan<double>()[(int)index] = value;
        else data.AsSpan<float>()[(int)index] = (float)value;
    }
}
