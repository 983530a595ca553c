using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;
using Ashlar.Tensors.Tests.Reference;
using static Ashlar.Tensors.Tests.Portable.PortableCall;

namespace Ashlar.Tensors.Tests.Portable;

/// <summary>Rows times small matrices that each of them chooses, down to a rank and up again.</summary>
public sealed class LowRankTests
{
    private const int Group = 8, Panel = 16;

    [Fact]
    public void Rows_are_multiplied_by_as_much_of_their_matrix_as_counts()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (rows, width, rank, choices) = (random.Next(1, 14), random.Next(1, 70), Group * random.Next(1, 4), random.Next(1, 4));
            var x = Guarded.Random(random, DType.F32, rows, width);
            var matrices = Guarded.Random(random, DType.F32, choices, rank / Group, width, Group);
            var (chosen, ranks) = (Guarded.Indices(random, choices, rows), Ranks(random, choices, rank));
            Poison(matrices, ranks, rank, choice => (choice * rank * width, rank * width, i => i / (width * Group) * Group + i % Group));
            var actual = Run(
                random, new LowRankDownRows(width, rank), rows * (rank / Group), [(DType.F32, [rows, rank])],
                addresses => [Address(x), Address(matrices), Address(chosen), Address(ranks), rows, addresses[0]])[0];
            var expected = new double[rows * rank];
            for (var i = 0; i < expected.Length; i++)
            {
                var (row, inner) = (i / rank, i % rank);
                var choice = chosen.AsSpan<int>()[row];
                for (var k = 0; k < width && inner < ranks.AsSpan<int>()[choice]; k++)
                {
                    expected[i] += (double)x.AsSpan<float>()[row * width + k]
                        * matrices.AsSpan<float>()[((choice * rank + inner / Group * Group) * width) + k * Group + inner % Group];
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            Reference.Kernel.AssertClose(expected, actual, 2e-5);
            GC.KeepAlive((x, matrices, chosen, ranks));
        }
    }

    [Fact]
    public void Sums_have_the_product_added_and_keep_their_bits_where_nothing_counts()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (rows, width, rank, choices) = (random.Next(1, 6), random.Next(1, 70), random.Next(1, 10), random.Next(1, 4));
            var panels = (width + Panel - 1) / Panel;
            var sums = Guarded.Random(random, DType.F32, rows, width);
            var x = Guarded.Random(random, DType.F32, rows, rank);
            var matrices = Guarded.Random(random, DType.F32, choices, panels, rank, Panel);
            var (chosen, ranks) = (Guarded.Indices(random, choices, rows), Ranks(random, choices, rank));
            Poison(
                matrices, ranks, rank, choice => (choice * panels * rank * Panel, panels * rank * Panel, i => i / Panel % rank));
            sums.AsSpan<float>()[0] = -0f;
            var actual = Run(
                random, new LowRankUpPanels(width, rank), panels, [(DType.F32, [rows, width])],
                addresses =>
                    [Address(sums), Address(x), Address(matrices), Address(chosen), Address(ranks), rows, addresses[0]])[0];
            var expected = new double[rows * width];
            for (var i = 0; i < expected.Length; i++)
            {
                var (row, column) = (i / width, i % width);
                var choice = chosen.AsSpan<int>()[row];
                var counted = ranks.AsSpan<int>()[choice];
                expected[i] = sums.AsSpan<float>()[i];
                for (var inner = 0; inner < counted; inner++)
                {
                    expected[i] += (double)x.AsSpan<float>()[row * rank + inner]
                        * matrices.AsSpan<float>()[((choice * panels + column / Panel) * rank + inner) * Panel + column % Panel];
                }

                if (counted > 0) continue;
                Assert.Equal(
                    BitConverter.SingleToInt32Bits(sums.AsSpan<float>()[i]),
                    BitConverter.SingleToInt32Bits(actual.AsSpan<float>()[i]));
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
            Reference.Kernel.AssertClose(expected, actual, 2e-5);
            GC.KeepAlive((sums, x, matrices, chosen, ranks));
        }
    }

    [Fact]
    public void A_row_has_the_same_bits_whatever_is_beside_it_and_agrees_with_the_reference()
    {
        var random = new Random(5);
        const int Width = 83, Outputs = 45, Rank = 8, Choices = 3, Rows = 9;
        var x = Guarded.Random(random, DType.F32, Rows, Width);
        var sums = Guarded.Random(random, DType.F32, Rows, Outputs);
        var down = Guarded.Random(random, DType.F32, Choices, Rank / Group, Width, Group);
        var up = Guarded.Random(random, DType.F32, Choices, (Outputs + Panel - 1) / Panel, Rank, Panel);
        var ranks = TensorData.From<int>([0, 8, 5]);
        var chosen = TensorData.From<int>([0, 1, 1, 1, 1, 2, 2, 1, 0]);
        var together = Compute("portable", 0, Rows);
        Reference.Kernel.AssertClose(
            [.. Compute("reference", 0, Rows).Select(value => (double)value)], TensorData.From<float>(together), 2e-5);
        for (var row = 0; row < Rows; row++)
        {
            Assert.Equal(together[(row * Outputs)..((row + 1) * Outputs)], Compute("portable", row, 1));
        }

        chosen.AsSpan<int>()[4] = Choices;
        var error = Assert.Throws<InvalidOperationException>(() => Compute("portable", 0, Rows));
        Assert.Contains("3", error.Message, StringComparison.Ordinal);

        float[] Compute(string set, int first, int count)
        {
            var tokens = new Symbol("tokens");
            var choices = Tensor.Input("choices", DType.I32, [tokens]);
            var own = Tensor.State("ranks", DType.I32, [Choices]);
            var inner = Tensor.Input("x", DType.F32, [tokens, Width])
                .LowRankDown(Tensor.State("down", DType.F32, [Choices, Rank / Group, Width, Group]), choices, own);
            var y = Tensor.Input("sums", DType.F32, [tokens, Outputs])
                .LowRankUp(inner, Tensor.State("up", DType.F32, [Choices, up.Sizes[1], Rank, Panel]), choices, own);
            using var executable = new Executable(new Graph(y.Node), threads: 2, set);
            executable.Bind("choices", chosen.Part(first, count));
            executable.Bind("x", x.Part(first * Width, count, Width));
            executable.Bind("sums", sums.Part(first * Outputs, count, Outputs));
            executable.Bind("down", down);
            executable.Bind("up", up);
            executable.Bind("ranks", ranks);
            executable.Run();
            return executable.Output(0).AsSpan<float>().ToArray();
        }
    }

    private static TensorData Ranks(Random random, int choices, int rank)
    {
        var ranks = Guarded.Indices(random, rank + 1, choices);
        ranks.AsSpan<int>()[0] = 0;
        return ranks;
    }

    // What does not count may be anything.
    private static void Poison(
        TensorData matrices, TensorData ranks, int rank, Func<int, (int Start, int Count, Func<int, int> Row)> place)
    {
        for (var choice = 0; choice < ranks.Elements; choice++)
        {
            var (start, count, rowOf) = place(choice);
            for (var i = 0; i < count; i++)
            {
                if (rowOf(i) >= ranks.AsSpan<int>()[choice]) matrices.AsSpan<float>()[start + i] = float.NaN;
            }
        }

        Assert.InRange(ranks.AsSpan<int>()[0], 0, rank);
    }
}
