using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>A layer's attention over a paged cache, and indices that lead out of it.</summary>
public class HostileCacheTests
{
    private const int Blocks = 3, BlockSize = 16, Rows = 2 * Blocks * BlockSize, Heads = 4, KeyHeads = 2, Size = 32;
    private static readonly Symbol Tokens = new("tokens"), CacheRows = new("rows"), Sequences = new("sequences");
    private static readonly int[] None = [];

    public static TheoryData<string> Sets => HostileRun.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Indices_that_lead_out_of_the_cache_are_named(string set)
    {
        using var run = new HostileRun(set, Layer(), Bindings());
        foreach (var bad in new[] { -1, Rows, int.MinValue, int.MaxValue })
        {
            run.Fails("slots", [1, bad, 64], "store", "'slots' I32 (tokens)", $"there is no row {bad} among {Rows}");
        }

        foreach (var bad in new[] { -1, Blocks * BlockSize, int.MinValue, int.MaxValue })
        {
            run.Fails("positions", [0, 1, bad], "'positions' I32 (tokens)",
                $"there is no position {bad} among {Blocks * BlockSize}");
        }

        foreach (var bad in new[] { -1, 2, int.MinValue, int.MaxValue })
        {
            run.Fails("sequences", [0, bad, 1], "'sequences' I32 (tokens)", $"there is no sequence {bad} among 2");
        }

        foreach (var bad in new[] { -1, 2 * Blocks, int.MinValue, int.MaxValue })
        {
            run.Fails("table", [0, 1, 2, 3, bad, 5], "'table' I32 (sequences, 3)", $"there is no block {bad} among {2 * Blocks}");
        }

        // What nobody reads may be anything.
        run.Runs("table", TensorData.From<int>([0, -1, int.MaxValue, 3, 4, int.MinValue], 2, Blocks));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Caches_that_do_not_fit_are_named(string set)
    {
        using var run = new HostileRun(set, Layer(), Bindings());
        run.Refuses("keys", TensorData.Zeros(DType.F32, Rows, KeyHeads, Size), "input 'keys' is F16 (rows, 2, 32)");
        run.Refuses("keys", TensorData.Zeros(DType.F16, Rows, KeyHeads * Size), "cannot be F16 (96, 64)");
        run.Refuses("table", TensorData.Zeros(DType.I32, 2 * Blocks), "cannot be I32 (6)");
        run.Refuses("table", TensorData.Zeros(DType.I64, 2, Blocks), "cannot be I64 (2, 3)");
        run.Fails("keys", TensorData.Zeros(DType.F16, Rows, KeyHeads, Size + 1), "input 'keys'", "axis 2 has size 33, not 32");
        run.Fails("values", TensorData.Zeros(DType.F16, Rows - BlockSize, KeyHeads, Size), "80", "96 rows");
        run.Fails("table", TensorData.Zeros(DType.I32, 2, Blocks + 1), "input 'table'", "axis 1 has size 4, not 3");
        run.Fails("positions", TensorData.From<int>([0, 1]), "input 'positions'", "tokens");
        run.Fails("slots", TensorData.From<int>(None), "input 'slots'", "'tokens' cannot be 0");
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_cache_of_a_broken_block_is_named(string set)
    {
        using var run = new HostileRun(set, Layer(), Bindings());
        using var executable = new Executable(Layer(), 2, set);
        foreach (var (key, data) in Bindings()) executable.Bind(key, data);
        // Nine rows of two sequences' six blocks: the last block is not whole.
        executable.Bind("keys", TensorData.Zeros(DType.F16, Rows - 9, KeyHeads, Size));
        executable.Bind("values", TensorData.Zeros(DType.F16, Rows - 9, KeyHeads, Size));
        Assert.Contains(
            $"a cache of {Rows - 9} rows is no whole number of parts of 16",
            Assert.Throws<InvalidOperationException>(executable.Run).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void What_is_no_number_in_one_sequence_stays_out_of_the_other(string set)
    {
        HostileRun.Require(set);
        using var executable = new Executable(Layer(), 2, set);
        var bindings = Bindings();
        var expected = Run(bindings);
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            var spoilt = Bindings();
            spoilt["x"].AsSpan<float>()[(2 * Heads * Size)..].Fill(bad); // the third token is the other sequence's
            var actual = Run(spoilt);
            Assert.Equal(expected[..(2 * Heads * Size)], actual[..(2 * Heads * Size)]);
            Assert.All(actual[(2 * Heads * Size)..], value => Assert.True(float.IsNaN(value)));
        }

        Assert.Equal(expected, Run(bindings));

        float[] Run(Dictionary<string, TensorData> given)
        {
            foreach (var (key, data) in given) executable.Bind(key, data);
            executable.Run();
            return executable.Output(0).AsSpan<float>().ToArray();
        }
    }

    private static Graph Layer()
    {
        var (tokens, positions) = ((Dim)Tokens, Tensor.Input("positions", DType.I32, [Tokens]));
        var x = Tensor.Input("x", DType.F32, [Tokens, Heads * Size]) * 2;
        var frequencies = Tensor.From<float>([.. Enumerable.Range(0, Size / 2).Select(i => MathF.Pow(100, -i / 16f))]);
        var slots = Tensor.Input("slots", DType.I32, [Tokens]);
        Shape shape = [CacheRows, KeyHeads, Size];
        var queries = x.Reshape([tokens, Heads, Size]).Rotary(positions, frequencies, RotaryLayout.Halves);
        var part = x.Slice(1, 0, KeyHeads * Size).Reshape([tokens, KeyHeads, Size]);
        var keys = Tensor.State("keys", DType.F16, shape).Store(part.Rotary(positions, frequencies, RotaryLayout.Halves), slots);
        var values = Tensor.State("values", DType.F16, shape).Store(part, slots);
        var sequences = Tensor.Input("sequences", DType.I32, [Tokens]);
        var table = Tensor.Input("table", DType.I32, [Sequences, Blocks]);
        return new Graph(queries.Attend(keys, values, positions, sequences, table, BlockSize, 0.2).Node);
    }

    private static Dictionary<string, TensorData> Bindings()
    {
        var random = new Random(3);
        return new()
        {
            ["x"] = TensorData.From<float>(
                [.. Enumerable.Range(0, 3 * Heads * Size).Select(_ => random.NextSingle() - 0.5f)], 3, Heads * Size),
            ["positions"] = TensorData.From<int>([0, 1, 17]),
            ["sequences"] = TensorData.From<int>([0, 0, 1]),
            ["slots"] = TensorData.From<int>([0, 1, 65]),
            ["table"] = TensorData.From<int>([0, 1, 2, 3, 4, 5], 2, Blocks),
            ["keys"] = TensorData.Zeros(DType.F16, Rows, KeyHeads, Size),
            ["values"] = TensorData.Zeros(DType.F16, Rows, KeyHeads, Size),
        };
    }
}
