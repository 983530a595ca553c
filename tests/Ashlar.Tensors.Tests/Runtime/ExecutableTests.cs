using Ashlar.Tensors.Formats;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

public class ExecutableTests
{
    private static readonly Symbol Tokens = new("tokens", Max: 100);

    private static Tensor Input(string key, Shape shape) => Tensor.Input(key, DType.F32, shape);

    private static TensorData Data(params ReadOnlySpan<float> values) => TensorData.From(values);

    private static float[] Floats(Executable executable, int output = 0) => executable.Output(output).AsSpan<float>().ToArray();

    [Fact]
    public void Inputs_are_bound_again_and_sizes_may_change_from_run_to_run()
    {
        var x = Input("x", [Tokens]);
        using var executable = new Executable(new Graph((x * 2).Node, x.Sum(0).Node));
        for (var count = 1; count <= 100; count += 7)
        {
            executable.Bind("x", TensorData.From<float>([.. Enumerable.Range(0, count).Select(i => (float)i)]));
            executable.Run();
            Assert.Equal(Enumerable.Range(0, count).Select(i => 2f * i), Floats(executable));
            Assert.Equal([count * (count - 1) / 2f], Floats(executable, 1));
        }

        executable.Bind("x", Data(5)); // fewer again
        executable.Run();
        Assert.Equal([10f], Floats(executable));
    }

    [Fact]
    public void A_run_reads_what_is_in_bound_memory_then()
    {
        using var executable = new Executable(new Graph((Input("x", [2]) + 1).Node));
        var data = Data(1, 2);
        executable.Bind("x", data);
        executable.Run();
        data.AsSpan<float>()[0] = 10;
        executable.Run();
        Assert.Equal([11f, 3f], Floats(executable));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("reference")]
    public void A_function_is_called_once_for_each_number_on_the_threads_of_runs(string? set)
    {
        using var executable = new Executable(new Graph((Input("x", [2]) + 1).Node), threads: 3, set);
        executable.Bind("x", Data(1, 2));
        executable.Run();
        foreach (var count in (int[])[0, 1, 2, 100, 5])
        {
            var calls = new int[count];
            executable.ForEach(count, number => Interlocked.Increment(ref calls[number]));
            Assert.All(calls, static number => Assert.Equal(1, number));
            Assert.Equal([2f, 3f], Floats(executable));
        }

        var others = 0;
        var error = Assert.Throws<AggregateException>(() => executable.ForEach(9, number =>
        {
            if (number == 4) throw new FormatException();
            Interlocked.Increment(ref others);
        }));
        Assert.IsType<FormatException>(error.InnerException);
        Assert.Equal(8, others);
        executable.Run();
        Assert.Equal([2f, 3f], Floats(executable));
        executable.Dispose();
        Assert.Throws<ObjectDisposedException>(() => executable.ForEach(1, static _ => { }));
    }

    [Fact]
    public void Calls_on_the_threads_of_runs_allocate_nothing()
    {
        using var executable = new Executable(new Graph((Input("x", [2]) + 1).Node), threads: 2);
        var calls = new int[16];
        var call = (int number) => { calls[number]++; };
        for (var round = 0; round < 100; round++) executable.ForEach(calls.Length, call);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++) executable.ForEach(calls.Length, call);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.All(calls, static number => Assert.Equal(200, number));
    }

    [Fact]
    public void What_is_missing_or_contradicts_is_named()
    {
        var sum = Input("x", [Tokens, 2]) + Input("y", [Tokens, 1]);
        using var executable = new Executable(new Graph(sum.Node));
        AssertError("input 'x' F32 (tokens, 2) is not bound");
        executable.Bind("x", TensorData.Zeros(DType.F32, 3, 2));
        AssertError("input 'y' F32 (tokens, 1) is not bound");
        executable.Bind("y", TensorData.Zeros(DType.F32, 4, 1));
        AssertError("input 'y' F32 (tokens, 1) is bound to F32 (4, 1), but another input has 3 tokens");
        executable.Bind("y", TensorData.Zeros(DType.F32, 3, 2));
        AssertError("input 'y' F32 (tokens, 1) is bound to F32 (3, 2): axis 1 has size 2, not 1");
        executable.Bind("y", TensorData.Zeros(DType.F32, 0, 1));
        AssertError("'tokens' cannot be 0: it takes 1 to 100");
        executable.Bind("x", TensorData.Zeros(DType.F32, 101, 2));
        AssertError("'tokens' cannot be 101: it takes 1 to 100");

        Assert.Contains(
            "no input 'z'; it has 'x', 'y'", Assert.Throws<ArgumentException>(() => executable.Bind("z", Data(1))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "cannot be F32 (1)", Assert.Throws<ArgumentException>(() => executable.Bind("x", Data(1))).Message,
            StringComparison.Ordinal);
        var error = Assert.Throws<ArgumentException>(() => executable.Bind("x", TensorData.Zeros(DType.I32, 3, 2)));
        Assert.Contains("cannot be I32 (3, 2)", error.Message, StringComparison.Ordinal);

        executable.Bind("x", TensorData.Zeros(DType.F32, 3, 2));
        executable.Bind("y", TensorData.Zeros(DType.F32, 3, 1));
        executable.Run();
        Assert.Equal(new float[6], Floats(executable));

        void AssertError(string message) =>
            Assert.Contains(message, Assert.Throws<InvalidOperationException>(executable.Run).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_no_input_gives_is_named()
    {
        using var executable = new Executable(new Graph((Input("x", [2 * (Dim)Tokens]) + 1).Node));
        executable.Bind("x", Data(1, 2));
        Assert.Contains(
            "no input has an axis of size 'tokens' alone", Assert.Throws<InvalidOperationException>(executable.Run).Message,
            StringComparison.Ordinal);
        using var range = new Executable(new Graph(Tensor.Range(Tokens).Node));
        Assert.Equal(
            "iota[tokens]: no input gives the size 'tokens'", Assert.Throws<InvalidOperationException>(range.Run).Message);
    }

    [Fact]
    public void Sizes_that_turn_out_wrong_name_the_operation()
    {
        var x = Input("x", [Tokens]);
        using var negative = new Executable(new Graph(x.Slice(0, 0, (Dim)Tokens - 5).Node));
        negative.Bind("x", Data(1, 2));
        Assert.StartsWith(
            "slice[axis 0, tokens-5 from 0] of 'x' F32 (tokens): ",
            Assert.Throws<InvalidOperationException>(negative.Run).Message, StringComparison.Ordinal);
        using var past = new Executable(new Graph(x.Slice(0, 2, 4).Named("part").Node));
        past.Bind("x", Data(1, 2, 3, 4, 5));
        Assert.Equal(
            "'part' = slice[axis 0, 4 from 2] of 'x' F32 (tokens): 4 from 2 reaches past 5",
            Assert.Throws<InvalidOperationException>(past.Run).Message);
        using var few = new Executable(new Graph(x.TopK(3).Node));
        few.Bind("x", Data(1, 2));
        Assert.Equal(
            "top_k[3] of 'x' F32 (tokens): cannot choose 3 of 2 elements",
            Assert.Throws<InvalidOperationException>(few.Run).Message);
    }

    [Fact]
    public void A_failed_run_leaves_the_executable_usable_and_keeps_no_memory()
    {
        var (table, ids) = (Input("table", [3, 2]), Tensor.Input("ids", DType.I32, [2]));
        var y = (table * 2).Named("doubled").Gather(ids) + 1;
        using var executable = new Executable(new Graph(y.Node, (table + 1).Node));
        executable.Bind("table", TensorData.From<float>([0, 1, 2, 3, 4, 5], 3, 2));
        executable.Bind("ids", TensorData.From<int>([2, 0]));
        executable.Run();
        Assert.Equal([9f, 11, 1, 3], Floats(executable));
        var bytes = executable.PooledBytes;
        for (var repeat = 0; repeat < 10; repeat++)
        {
            executable.Bind("ids", TensorData.From<int>([2, 3]));
            Assert.Equal(
                "gather of 'doubled' F32 (3, 2) and 'ids' I32 (2): there is no row 3 among 3",
                Assert.Throws<InvalidOperationException>(executable.Run).Message);
            Assert.Throws<InvalidOperationException>(() => executable.Output(0));
            executable.Bind("ids", TensorData.From<int>([1, 1]));
            executable.Run();
            Assert.Equal([5f, 7, 5, 7], Floats(executable));
        }

        Assert.Equal(bytes, executable.PooledBytes);
    }

    [Fact]
    public void Whole_numbers_divided_by_zero_name_the_operation()
    {
        using var executable = new Executable(
            new Graph((Tensor.Input("a", DType.I32, [1]) / Tensor.Input("b", DType.I32, [1])).Node));
        executable.Bind("a", TensorData.From<int>([1]));
        executable.Bind("b", TensorData.From<int>([0]));
        Assert.StartsWith(
            "div of 'a' I32 (1) and 'b' I32 (1): ", Assert.Throws<InvalidOperationException>(executable.Run).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_needs_few_blocks()
    {
        var x = Input("x", [Tokens, 1000]);
        var y = x;
        for (var i = 0; i < 200; i++) y = (y + x) * 0.5 - y;
        using var executable = new Executable(new Graph(y.Node));
        long largest = 0;
        for (var tokens = 1; tokens <= 100; tokens += 3)
        {
            executable.Bind("x", TensorData.Zeros(DType.F32, tokens, 1000));
            executable.Run();
            largest = Math.Max(largest, executable.PooledBytes);
        }

        // At most three values and a scalar are alive at once, and a block is at most a quarter too large.
        Assert.True(largest <= 4 * 1.25 * 400_000, $"{largest} bytes");
    }

    [Fact]
    public void Outputs_stay_as_they_are_until_the_next_run()
    {
        var x = Input("x", [4]);
        var (inside, last) = (x + 1, x);
        for (var i = 0; i < 10; i++) last = last * 2 - inside;
        var graph = new Graph(inside.Node, last.Node, inside.Node, x.Node, inside.Reshape([2, 2]).Node);
        using var executable = new Executable(graph);
        executable.Bind("x", Data(1, 2, 3, 4));
        executable.Run();
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal([2f, 3, 4, 5], Floats(executable));
            Assert.Equal([2f, 3, 4, 5], Floats(executable, 2));
            Assert.Equal([1f, 2, 3, 4], Floats(executable, 3));
            Assert.Equal([2f, 3, 4, 5], Floats(executable, 4));
            Assert.Equal([2, 2], executable.Output(4).Sizes.ToArray());
            Assert.Equal(new[] { 1f, 2, 3, 4 }.Select(v => v * 1024 - (v + 1) * 1023), Floats(executable, 1));
        }
    }

    [Fact]
    public void Outputs_outlive_their_executable()
    {
        TensorData output;
        using (var executable = new Executable(new Graph((Input("x", [1000]) + 1).Node)))
        {
            executable.Bind("x", TensorData.Zeros(DType.F32, 1000));
            executable.Run();
            output = executable.Output(0);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.All(output.AsSpan<float>().ToArray(), value => Assert.Equal(1, value));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("reference")]
    public void An_output_bound_as_input_of_the_next_run_is_refused(string? set)
    {
        using var executable = new Executable(new Graph((Input("x", [2]) + 1).Reshape([2, 1]).Node), 1, set);
        executable.Bind("x", Data(1, 2));
        executable.Run();
        var output = executable.Output(0);
        executable.Bind("x", output.View(2));
        for (var again = 0; again < 3; again++)
        {
            Assert.Contains(
                "input 'x' is bound to an output of the run before",
                Assert.Throws<InvalidOperationException>(executable.Run).Message, StringComparison.Ordinal);
            Assert.Equal([2f, 3], output.AsSpan<float>().ToArray());
        }
    }

    [Fact]
    public void A_state_lives_from_run_to_run()
    {
        var state = Tensor.State("cache", DType.F16, [4, 2]);
        var (rows, place) = (Input("rows", [1, 2]), Tensor.Input("place", DType.I32, [1]));
        var stored = state.Store(rows, place);
        using var executable = new Executable(new Graph(stored.Cast(DType.F32).Sum(0).Node, stored.Node));
        var cache = TensorData.Zeros(DType.F16, 4, 2);
        executable.Bind("cache", cache);
        for (var i = 0; i < 4; i++)
        {
            executable.Bind("rows", TensorData.From<float>([i, 10], 1, 2));
            executable.Bind("place", TensorData.From<int>([i]));
            executable.Run();
            Assert.Equal([i * (i + 1) / 2f, 10 * (i + 1)], Floats(executable));
        }

        Assert.Equal([0, 10, 1, 10, 2, 10, 3, 10], cache.AsSpan<Half>().ToArray().Select(value => (float)value));
    }

    [Fact]
    public void Executables_of_one_graph_run_side_by_side()
    {
        var weight = Tensor.Weight(TensorData.From<float>([.. Enumerable.Range(0, 64 * 64).Select(i => i % 7 - 3f)], 64, 64));
        var graph = new Graph(Input("x", [Tokens, 64]).MatMul(weight, transposeRight: true).Softmax(-1).Node);
        Parallel.For(0, 4, worker =>
        {
            using var executable = new Executable(graph, threads: 2);
            var random = new Random(worker);
            for (var run = 0; run < 50; run++)
            {
                var tokens = random.Next(1, 20);
                executable.Bind(
                    "x",
                    TensorData.From<float>([.. Enumerable.Range(0, tokens * 64).Select(_ => random.NextSingle())], tokens, 64));
                executable.Run();
                var sums = Floats(executable).Chunk(64).Select(row => row.Sum());
                Assert.All(sums, sum => Assert.InRange(sum, 0.9999f, 1.0001f));
            }
        });
    }

    [Fact]
    public void One_executable_runs_once_at_a_time_and_never_after_disposal()
    {
        var executable = new Executable(new Graph((Input("x", [1]) + 1).Node));
        Assert.Contains(
            "nothing was run", Assert.Throws<InvalidOperationException>(() => executable.Output(0)).Message,
            StringComparison.Ordinal);
        executable.Bind("x", Data(1));
        executable.Run();
        executable.Dispose();
        executable.Dispose();
        Assert.Throws<ObjectDisposedException>(executable.Run);
        Assert.Throws<InvalidOperationException>(() => executable.Output(0));
    }

    [Fact]
    public void A_diamond_is_computed_once()
    {
        // Twenty levels of x + x would be a million additions, were a shared value computed for each of its users.
        var x = Input("x", [1]);
        var y = x;
        for (var i = 0; i < 20; i++) y += y;
        using var executable = new Executable(new Graph(y.Node));
        executable.Bind("x", Data(1));
        executable.Run();
        Assert.Equal([1 << 20], Floats(executable));
    }

    [Fact]
    public void A_layer_gives_the_same_bits_whatever_the_threads_and_in_whatever_batch()
    {
        var random = Reference.Kernel.Seeded(80);
        var x = Input("x", [Tokens, 96]);
        var scaled = x / ((x * x).Mean(-1) + 1e-5).Sqrt();
        var (up, down) = (Weight(300, 96), Weight(96, 300));
        var hidden = scaled.MatMul(up, transposeRight: true);
        var y = x + (hidden / ((-hidden).Exp() + 1)).MatMul(down, transposeRight: true);
        var graph = new Graph(y.Node);
        var values = Enumerable.Range(0, 30 * 96).Select(_ => random.NextSingle() - 0.5f).ToArray();
        var expected = Compute(values, 1);
        foreach (var threads in new[] { 2, 5 }) Assert.Equal(expected, Compute(values, threads));
        foreach (var size in new[] { 1, 7 })
        {
            Assert.Equal(expected, values.Chunk(size * 96).SelectMany(part => Compute(part, 2)));
        }

        float[] Compute(float[] values, int threads)
        {
            using var executable = new Executable(graph, threads);
            executable.Bind("x", TensorData.From<float>(values, values.Length / 96, 96));
            executable.Run();
            return Floats(executable);
        }

        Tensor Weight(int rows, int columns) =>
            Tensor.From<float>([.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() - 0.5f)], rows, columns);
    }

    [Theory]
    [InlineData(DType.Q4_0, true)]
    [InlineData(DType.Q6_K, true)]
    [InlineData(DType.F16, true)]
    [InlineData(DType.BF16, true)]
    [InlineData(DType.TQ1_0, false)] // packed as another format
    public void Rows_of_a_table_that_is_multiplied_with_too_come_from_where_it_is_packed(DType type, bool isPacked)
    {
        const int Rows = 40, Width = 512;
        var random = Reference.Kernel.Seeded(81);
        float[] numbers = [.. Enumerable.Range(0, Rows * Width).Select(_ => random.NextSingle() - 0.5f)];
        var (tied, apart) = (TensorData.Allocate(type, Rows, Width), TensorData.Allocate(type, Rows, Width));
        NumberFormats.Quantize(type, numbers, tied.AsSpan<byte>());
        tied.AsSpan<byte>().CopyTo(apart.AsSpan<byte>());
        int[] ids = [0, 39, 17, 16, 15, 39];
        var expected = Compute(apart, Tensor.Weight(tied), _ => { });
        Assert.Equal(expected, Compute(tied, Tensor.Weight(tied), _ => { }));

        // Who looks at the table no more does not see it change.
        var changed = Compute(tied, Tensor.Weight(tied), executable =>
        {
            executable.Run();
            tied.AsSpan<byte>().Clear();
        });
        Assert.Equal(isPacked, expected.SequenceEqual(changed));

        float[] Compute(TensorData table, Tensor matrix, Action<Executable> before)
        {
            var rows = (table == tied ? matrix : Tensor.Weight(table)).Gather(Tensor.Input("ids", DType.I32, [Tokens]));
            var graph = new Graph(rows.Node, rows.MatMul(matrix, transposeRight: true).Node);
            using var executable = new Executable(graph, threads: 2, instructionSet: null);
            executable.Bind("ids", TensorData.From<int>(ids));
            before(executable);
            executable.Run();
            return [.. Floats(executable), .. Floats(executable, 1)];
        }
    }

    [Fact]
    public void An_index_past_a_table_that_is_multiplied_with_too_is_refused()
    {
        var table = Tensor.From<float>([.. Enumerable.Range(0, 40 * 32).Select(i => (float)i)], 40, 32);
        var rows = table.Gather(Tensor.Input("ids", DType.I32, [Tokens]));
        using var executable = new Executable(new Graph(rows.MatMul(table, transposeRight: true).Node));
        foreach (var id in (int[])[-1, 40, 47])
        {
            executable.Bind("ids", TensorData.From<int>([0, id]));
            var error = Assert.Throws<InvalidOperationException>(executable.Run);
            Assert.Contains($"no row {id} among 40", error.Message, StringComparison.Ordinal);
        }
    }
}
