using System.Runtime.InteropServices;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>What a run is given is checked before a kernel follows it, whatever the kernels are made of.</summary>
public class HostileRunTests
{
    private static readonly Symbol Tokens = new("tokens", Max: 100);
    private static readonly Random Numbers = new(5);

    public static TheoryData<string> Sets => HostileRun.Sets;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Rows_that_are_not_in_a_table_are_named(string set)
    {
        var table = Tensor.Weight(Floats(7, 8));
        var rows = table.Gather(Tensor.Input("ids", DType.I32, [Tokens])) * 2;
        var graph = new Graph(rows.Node, rows.Gather(Tensor.Input("outputs", DType.I32, [2])).Node);
        using var run = new HostileRun(set, graph, new() { ["ids"] = Ints(0, 6, 3), ["outputs"] = Ints(2, 0) });
        foreach (var bad in new[] { -1, 7, int.MinValue, int.MaxValue })
        {
            run.Fails("ids", [1, bad, 2], "gather", "'ids' I32 (tokens)", $"there is no row {bad} among 7");
        }

        foreach (var bad in new[] { -1, 3, int.MinValue, int.MaxValue })
        {
            run.Fails("outputs", [0, bad], "gather", "'outputs' I32 (2)", $"there is no row {bad} among 3");
        }

        run.Fails("ids", Ints(0), "'outputs' I32 (2)", "there is no row 2 among 1"); // fewer tokens than before
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Places_outside_a_table_of_results_are_named(string set)
    {
        var rows = Tensor.Input("rows", DType.F32, [3, 8]);
        var added = (rows * 2).ScatterAdd(Tensor.Input("places", DType.I32, [3]), 5) + 1;
        var state = Tensor.State("state", DType.F32, [4, 8]).Store(rows * 3, Tensor.Input("slots", DType.I32, [3]));
        using var run = new HostileRun(set, new Graph(added.Node, (state + 1).Node), new()
        {
            ["rows"] = Floats(3, 8),
            ["places"] = Ints(4, 0, 4),
            ["slots"] = Ints(3, 0, 1),
            ["state"] = TensorData.Zeros(DType.F32, 4, 8),
        });
        foreach (var bad in new[] { -1, 5, int.MinValue, int.MaxValue })
        {
            run.Fails("places", [bad, 1, 2], "scatter_add", "'places' I32 (3)", $"there is no row {bad} among 5");
        }

        foreach (var bad in new[] { -1, 4, int.MinValue, int.MaxValue })
        {
            run.Fails("slots", [bad, 1, 2], "store", "'slots' I32 (3)", $"there is no row {bad} among 4");
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Indices_that_a_run_computes_are_checked_too(string set)
    {
        var table = Tensor.Weight(Floats(7, 8));
        var ids = (Tensor.Input("numbers", DType.F32, [3]) * 2).Cast(DType.I32);
        using var run = new HostileRun(
            set, new Graph((table.Gather(ids) + 1).Node), new() { ["numbers"] = TensorData.From<float>([0, 3, 1]) });
        (float, int)[] cases =
            [(-0.5f, -1), (3.5f, 7), (float.PositiveInfinity, int.MaxValue), (float.NegativeInfinity, int.MinValue)];
        foreach (var (bad, read) in cases)
        {
            run.Fails("numbers", TensorData.From<float>([0, bad, 1]), "gather", $"there is no row {read} among 7");
        }

        run.Runs("numbers", TensorData.From<float>([0, float.NaN, 1])); // as a whole number it is 0
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Experts_that_are_not_there_are_named(string set)
    {
        var rows = Tensor.Input("rows", DType.F32, [Tokens, 32]);
        var experts = Tensor.Weight(Floats(4, 16, 32));
        var y = (rows * 2).GroupedMatMul(experts, Tensor.Input("experts", DType.I32, [Tokens]));
        using var run = new HostileRun(
            set, new Graph((y + 1).Node), new() { ["rows"] = Floats(3, 32), ["experts"] = Ints(3, 0, 3) });
        foreach (var bad in new[] { -1, 4, int.MinValue, int.MaxValue })
        {
            run.Fails("experts", [1, bad, 2], "grouped_matmul", "'experts' I32 (tokens)", $"there is no group {bad} among 4");
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Experts_are_chosen_among_those_there_are_whatever_the_numbers(string set)
    {
        var rows = Tensor.Input("rows", DType.F32, [Tokens, 32]);
        var scores = rows.MatMul(Tensor.Weight(Floats(4, 32)), transposeRight: true).Softmax(-1);
        var top = scores.TopK(2);
        var repeated = rows.Reshape([Tokens, 1, 32]).Expand([Tokens, 2, 32]).Reshape([2 * (Dim)Tokens, 32]);
        var y = repeated.GroupedMatMul(Tensor.Weight(Floats(4, 16, 32)), top.Reshape([2 * (Dim)Tokens]));
        var graph = new Graph(y.Node, scores.GatherColumns(top).Node, top.Node);
        using var run = new HostileRun(set, graph, new() { ["rows"] = Floats(3, 32) });
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue })
        {
            var data = Floats(3, 32);
            data.AsSpan<float>()[40] = bad;
            run.Runs("rows", data);
            data.AsSpan<float>().Fill(bad);
            run.Runs("rows", data);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Bindings_that_are_missing_or_do_not_fit_are_named(string set)
    {
        var (x, y) = (Tensor.Input("x", DType.F32, [Tokens, 4]), Tensor.Input("y", DType.F32, [Tokens, 1]));
        var graph = new Graph((x * y + 1).Node);
        HostileRun.Require(set);
        using (var unbound = new Executable(graph, 1, set))
        {
            unbound.Bind("y", Floats(3, 1));
            var error = Assert.Throws<InvalidOperationException>(unbound.Run);
            Assert.Equal("input 'x' F32 (tokens, 4) is not bound", error.Message);
            Assert.Throws<ArgumentNullException>(() => unbound.Bind("x", null!));
        }

        using var run = new HostileRun(set, graph, new() { ["x"] = Floats(3, 4), ["y"] = Floats(3, 1) });
        run.Refuses("z", Floats(3, 4), "the graph has no input 'z'; it has 'x', 'y'");
        run.Refuses("x", Floats(3), "input 'x' is F32 (tokens, 4) and cannot be F32 (3)");
        run.Refuses("x", Floats(3, 4, 1), "cannot be F32 (3, 4, 1)");
        run.Refuses("x", TensorData.Zeros(DType.I32, 3, 4), "cannot be I32 (3, 4)");
        run.Refuses("x", TensorData.Zeros(DType.F16, 3, 4), "cannot be F16 (3, 4)");
        run.Fails("x", Floats(3, 5), "input 'x' F32 (tokens, 4) is bound to F32 (3, 5): axis 1 has size 5, not 4");
        run.Fails("x", Floats(3, 0), "axis 1 has size 0, not 4");
        run.Fails("y", Floats(2, 1), "input 'y' F32 (tokens, 1) is bound to F32 (2, 1), but another input has 3 tokens");
        run.Fails("x", TensorData.Zeros(DType.F32, 0, 4), "input 'x'", "'tokens' cannot be 0: it takes 1 to 100");
        run.Fails("x", TensorData.Zeros(DType.F32, 101, 4), "input 'x'", "'tokens' cannot be 101: it takes 1 to 100");
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Sizes_for_which_there_is_no_memory_are_named_and_forgotten(string set)
    {
        Symbol a = new("a"), b = new("b"), c = new("c");
        var (x, y) = (Tensor.Input("x", DType.F32, [a, 1, 1]), Tensor.Input("y", DType.F32, [b, 1]));
        var z = Tensor.Input("z", DType.F32, [c]);
        var product = (x * y * 0.5).Reshape([(Dim)a * b, 1]);
        HostileRun.Require(set);
        var graph = new Graph((product.Permute(1, 0).Reshape([(Dim)a * b, 1]) * z).Node, (x * y).Node);
        var good = new Dictionary<string, TensorData> { ["x"] = Floats(3, 1, 1), ["y"] = Floats(5, 1), ["z"] = Floats(7) };
        const int Many = 1 << 18, Most = 1 << 22; // cubed: more bytes than the machine has, more than a number holds
        using (var run = new HostileRun(set, graph, good))
        {
            // Each alone is many, and the largest of all together are more than there is memory for.
            run.Runs("x", TensorData.Zeros(DType.F32, Many, 1, 1));
            run.Runs("y", TensorData.Zeros(DType.F32, Many, 1));
            run.Runs("z", TensorData.Zeros(DType.F32, Many));
        }

        using var executable = new Executable(graph, 2, set);
        Bind(good["x"], good["y"], good["z"]);
        executable.Run();
        var expected = executable.Output(0).AsSpan<float>().ToArray();
        foreach (var count in new[] { Many, Most })
        {
            Bind(
                TensorData.Zeros(DType.F32, count, 1, 1), TensorData.Zeros(DType.F32, count, 1),
                TensorData.Zeros(DType.F32, count));
            var error = Assert.ThrowsAny<Exception>(executable.Run);
            Assert.True(error is InvalidOperationException or InsufficientMemoryException, $"{error}");
            Assert.StartsWith($"{count} a, {count} b, {count} c: ", error.Message, StringComparison.Ordinal);
            Bind(good["x"], good["y"], good["z"]);
            executable.Run();
            Assert.Equal(expected, executable.Output(0).AsSpan<float>().ToArray());
        }

        void Bind(TensorData first, TensorData second, TensorData third)
        {
            executable.Bind("x", first);
            executable.Bind("y", second);
            executable.Bind("z", third);
        }
    }

    [Fact]
    public unsafe void An_output_for_which_there_was_no_memory_is_written_nowhere_else_afterwards()
    {
        const int Side = 16, Bytes = Side * Side * sizeof(float);
        Symbol a = new("a"), b = new("b");
        var graph = new Graph((Tensor.Input("x", DType.F32, [a, 1]) + Tensor.Input("y", DType.F32, [b])).Node);
        using var executable = new Executable(graph, 1, "portable");
        Bind(Side, Side);
        executable.Run();
        Bind(1 << 24, 1 << 24); // 2^50 bytes
        Assert.Throws<InsufficientMemoryException>(executable.Run);
        // The memory that the output had before is somebody else's now.
        var others = new List<nint>();
        for (var bytes = Bytes; bytes < Bytes + 256; bytes += 16)
        {
            for (var i = 0; i < 10; i++) others.Add((nint)NativeMemory.Alloc((nuint)bytes));
        }

        foreach (var other in others) new Span<byte>((void*)other, Bytes).Fill(0xFF);
        Bind(Side, Side);
        executable.Run();
        Assert.All(others, other => Assert.Equal(-1, new Span<byte>((void*)other, Bytes).IndexOfAnyExcept((byte)0xFF)));
        Assert.All(executable.Output(0).AsSpan<float>().ToArray(), value => Assert.Equal(0, value));
        foreach (var other in others) NativeMemory.Free((void*)other);

        void Bind(long rows, long columns)
        {
            executable.Bind("x", TensorData.Zeros(DType.F32, rows, 1));
            executable.Bind("y", TensorData.Zeros(DType.F32, columns));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Whole_numbers_that_have_no_quotient_are_an_error_of_the_run_also_where_they_are_constants(string set)
    {
        HostileRun.Require(set);
        var given = Tensor.Input("x", DType.I32, [3]);
        var (one, zero, least) = (Number(1), Number(0), Number(int.MinValue));
        Fails(one / zero + given, "div of constant I32 () and constant I32 (): ");
        Fails((one / zero).Named("rate") + given, "'rate' = div of constant I32 () and constant I32 (): ");
        Fails((one / zero).Cast(DType.F32).Exp() + given.Cast(DType.F32), "div of constant I32 () and constant I32 (): ");
        Fails(given / (zero * 2), "div of 'x' I32 (3) and ");
        Fails(least / -one + given, "div of constant I32 () and ");
        Assert.StartsWith(
            "div of constant", Assert.Throws<InvalidOperationException>(() => (one / zero).Realize()).Message,
            StringComparison.Ordinal);

        void Fails(Tensor tensor, string message)
        {
            using var executable = new Executable(new Graph(tensor.Node), 1, set);
            executable.Bind("x", Ints(1, 2, 3));
            for (var again = 0; again < 2; again++)
            {
                Assert.StartsWith(
                    message, Assert.Throws<InvalidOperationException>(executable.Run).Message, StringComparison.Ordinal);
            }
        }

        Tensor Number(int value) => Tensor.Scalar(value, DType.I32);
    }

    private static TensorData Ints(params ReadOnlySpan<int> values) => TensorData.From(values);

    private static TensorData Floats(params ReadOnlySpan<long> sizes)
    {
        var data = TensorData.Allocate(DType.F32, sizes);
        lock (Numbers)
        {
            foreach (ref var value in data.AsSpan<float>()) value = Numbers.NextSingle() - 0.5f;
        }

        return data;
    }
}
