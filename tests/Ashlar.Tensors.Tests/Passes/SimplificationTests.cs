using System.Text.RegularExpressions;
using Ashlar.Tensors.Passes;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Passes;

/// <summary>What becomes of a graph, rule by rule, and that its results are what they were.</summary>
public partial class SimplificationTests
{
    private static readonly Symbol N = new("n", Min: 0);
    private static readonly Tensor X = Tensor.Input("x", DType.F32, [N, 4]);

    [Fact]
    public void Equal_nodes_become_one() => Becomes(
        (X * 2 + (X * 2)).Exp(),
        """
        %0 = input
        %1 = constant[2]
        %2 = mul %0 %1
        %3 = add %2 %2
        %4 = exp %3
        """);

    [Fact]
    public void Arithmetic_that_changes_no_bit_goes_away() => Becomes(
        new Tensor[]
        {
            Tensor.Scalar(1).Expand([N, 4]) * X * 1 / 1 - 0.0, -(-X), X + -X.Exp(), -X.Exp() + X, X - -X.Exp(), -(-X * X.Exp()),
            -(X / -X.Exp()), X.LessThan(Tensor.Scalar(1)).Select(X, X), X + 0.0,
        },
        """
        %0 = input
        %1 = exp %0
        %2 = sub %0 %1
        %3 = add %0 %1
        %4 = mul %0 %1
        %5 = div %0 %1
        %6 = constant[0]
        %7 = add %0 %6
        """);

    [Fact]
    public void A_part_of_what_was_joined_is_a_part_of_its_piece() => Becomes(
        new Tensor[]
        {
            Tensor.Concat(1, X, X.Exp()).Slice(1, 4, 4), Tensor.Concat(1, X, X.Exp()).Slice(-1, 1, 2),
            Tensor.Concat(1, X, X.Exp()).Slice(1, 3, 2).Exp(),
        },
        """
        %0 = input
        %1 = exp %0
        %2 = slice[axis -1, 2 from 1] %0
        %3 = concat[axis 1] %0 %1
        %4 = slice[axis 1, 2 from 3] %3
        %5 = exp %4
        """);

    [Fact]
    public void What_signs_are_taken_from_has_the_bits_that_it_had()
    {
        float[] numbers = [0, -0f, 1, -1, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, 3e38f, 1.1f];
        var (x, y) = (Tensor.Input("x", DType.F32, [10, 1]), Tensor.Input("y", DType.F32, [1, 10]));
        Tensor[] results =
        [
            x + -y, -y + x, x - -y, -(-x * y), -(x * -y), -(-x / y), -(x / -y), -(-x), x * 1, x / 1, x - 0,
        ];
        var graph = new Graph([.. results.Select(result => result.Node)]);
        using var before = new Executable(graph, 1, "reference");
        using var after = new Executable(graph.Simplify(), 1, "reference");
        foreach (var executable in (Executable[])[before, after])
        {
            executable.Bind("x", TensorData.From<float>(numbers, 10, 1));
            executable.Bind("y", TensorData.From<float>(numbers, 1, 10));
            executable.Run();
        }

        for (var i = 0; i < results.Length; i++)
        {
            // Which sign a result that is no number has, nobody promises.
            foreach (var (expected, actual) in before.Output(i).AsSpan<float>().ToArray().Zip(after.Output(i).AsSpan<float>().ToArray()))
            {
                Assert.True(
                    BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual)
                    || (float.IsNaN(expected) && float.IsNaN(actual)), $"output {i}: {actual:R} for {expected:R}");
            }
        }
    }

    [Fact]
    public void Nodes_that_differ_in_an_attribute_stay_two() => Becomes(
        X.Slice(1, 0, 2) + X.Slice(1, 2, 2),
        """
        %0 = input
        %1 = slice[axis 1, 2 from 0] %0
        %2 = slice[axis 1, 2 from 2] %0
        %3 = add %1 %2
        """);

    [Fact]
    public void The_two_zeros_are_two_constants() => Becomes(
        X / 0.0 + X / -0.0,
        """
        %0 = input
        %1 = constant[0]
        %2 = div %0 %1
        %3 = constant[-0]
        %4 = div %0 %3
        %5 = add %2 %4
        """);

    [Fact]
    public void States_that_look_alike_are_not_one()
    {
        var place = Tensor.Input("place", DType.I32, [1]);
        var graph = new Graph(Stored("a").Node, Stored("b").Node);
        Assert.Equal(2, graph.Simplify().Nodes.Count(node => node.Op is Operations.State));

        Tensor Stored(string key) =>
            Tensor.State(key, DType.F32, [N, 4]).Store(Tensor.Scalar(1).Reshape([1, 1]).Expand([1, 4]), place);
    }

    [Fact]
    public void Movements_that_move_nothing_go_away() => Becomes(
        new Tensor[]
        {
            X.Reshape([(Dim)N * 2, 2]).Reshape([N, 4]) + 1, X.Reshape([(Dim)N * 4]).Reshape([(Dim)N * 2, 2]).Reshape([2, N, 2]),
            X.Slice(0, 0, N).Maximum(1).Maximum(1),
        },
        """
        %0 = input
        %1 = constant[1]
        %2 = add %0 %1
        %3 = reshape %0
        %4 = slice[axis 0, n from 0] %0
        %5 = maximum[axis 1] %4
        """);

    [Fact]
    public void Numbers_that_are_known_are_computed() => Becomes(
        X * (Tensor.Scalar(3) * 2 + 1).Sqrt(),
        $"""
        %0 = input
        %1 = constant[{(double)MathF.Sqrt(7):R}]
        %2 = mul %0 %1
        """);

    [Fact]
    public void Movements_of_small_weights_are_computed() => Becomes(
        X * Tensor.From<float>([1, 2, 3, 4], 2, 2).Permute(1, 0).Reshape([4]).Slice(0, 0, 4),
        """
        %0 = input
        %1 = weight
        %2 = mul %0 %1
        """);

    [Fact]
    public void Large_weights_stay_as_they_are()
    {
        var weight = Tensor.Weight(TensorData.Zeros(DType.F32, 300, 300));
        var graph = new Graph(weight.Permute(1, 0).Node).Simplify();
        Assert.Equal(["weight", "permute"], graph.Nodes.Select(node => node.Op.Name));
    }

    [Fact]
    public void A_sum_over_a_short_axis_becomes_additions() => Becomes(
        X.Reshape([N, 2, 2]).Sum(1),
        """
        %0 = input
        %1 = reshape %0
        %2 = slice[axis 1, 1 from 0] %1
        %3 = constant[0]
        %4 = add %2 %3
        %5 = slice[axis 1, 1 from 1] %1
        %6 = add %4 %5
        """);

    [Theory]
    [InlineData(17, 0)] // long
    [InlineData(16, 2)] // the last axis
    public void Other_sums_stay_sums(int length, int axis)
    {
        var graph = new Graph(Tensor.Input("y", DType.F32, [length, 3, length]).Sum(axis).Node).Simplify();
        Assert.Equal(["input", "sum"], graph.Nodes.Select(node => node.Op.Name));
    }

    [Fact]
    public void What_cannot_be_computed_is_left_to_the_run() => Becomes(
        Tensor.Input("i", DType.I32, []) + Tensor.Scalar(1, DType.I32) / Tensor.Scalar(0, DType.I32),
        """
        %0 = input
        %1 = constant[1]
        %2 = constant[0]
        %3 = div %1 %2
        %4 = add %0 %3
        """);

    [Fact]
    public void What_was_computed_already_stands_for_itself()
    {
        // Both are additions of nothing now.
        var (two, six) = (Tensor.From<float>([1]) + 1, Tensor.From<float>([5]) + 1);
        two.Realize();
        six.Realize();
        Assert.Equal(2, new Graph((two - six).Node).Simplify().Nodes.Count(node => node.Realized is not null));
        Assert.Equal([-4f], (two - six).ToArray<float>());
    }

    [Fact]
    public void Names_stay_with_what_they_name()
    {
        var graph = new Graph((X.Reshape([N, 2, 2]).Sum(1).Named("sum")
            * (Tensor.Scalar(1) / 3).Named("third")).Named("out").Node);
        Assert.Equal(["x", "sum", "third", "out"], graph.Simplify().Nodes.Select(node => node.Label).OfType<string>());
    }

    [Fact]
    public void No_result_changes_whatever_the_numbers_are()
    {
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0, float.Epsilon];
        for (var seed = 0; seed < 250; seed++)
        {
            var random = new RandomGraph(seed);
            var data = new Random(seed);
            var sizes = random.Sizes()[seed % 4];
            using var before = new Executable(random.Graph, 1, "reference");
            var simplified = random.Graph.Simplify();
            using var after = new Executable(simplified, 1, "reference");
            foreach (var input in random.Graph.Inputs)
            {
                var values = RandomGraph.Fill(input, sizes, data);
                if (input.Type == DType.F32)
                {
                    foreach (ref var value in values.AsSpan<float>())
                    {
                        if (data.Next(4) == 0) value = special[data.Next(special.Length)];
                    }
                }

                before.Bind(Graph.KeyOf(input)!, values);
                if (simplified.Inputs.Any(node => Graph.KeyOf(node) == Graph.KeyOf(input)))
                {
                    after.Bind(Graph.KeyOf(input)!, values);
                }
            }

            before.Run();
            after.Run();
            for (var i = 0; i < random.Outputs.Length; i++)
            {
                Compare(before.Output(i), after.Output(i), random.Outputs[i].Error, $"seed {seed}, output {i}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_sum_of_minus_zeros_is_zero(int length)
    {
        foreach (var set in new[] { "reference", "portable", Processor.NameOf(Processor.Best) })
        {
            using var executable = new Executable(
                new Graph(Tensor.Input("y", DType.F32, [length, 2]).Sum(0).Reciprocal().Node), 1, set);
            executable.Bind("y", TensorData.From<float>([.. Enumerable.Repeat(-0f, length * 2)], length, 2));
            executable.Run();
            Assert.Equal([float.PositiveInfinity, float.PositiveInfinity], executable.Output(0).AsSpan<float>().ToArray());
        }
    }

    // Sums may be taken in another order; all else is the same to the bit.
    private static void Compare(TensorData expected, TensorData actual, double error, string where)
    {
        Assert.True(expected.Type == actual.Type && expected.Sizes.SequenceEqual(actual.Sizes),
            $"{where}: {actual}, not {expected}");
        if (expected.Type != DType.F32)
        {
            Assert.True(expected.AsSpan<byte>().SequenceEqual(actual.AsSpan<byte>()), where);
            return;
        }

        var left = expected.AsSpan<float>();
        var right = actual.AsSpan<float>();
        for (var i = 0; i < left.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(left[i]) == BitConverter.SingleToInt32Bits(right[i])) continue;
            if (float.IsNaN(left[i]) && float.IsNaN(right[i])) continue;
            var isClose = left[i] != 0 && Math.Abs((double)left[i] - right[i]) <= error + 1e-6 + 1e-5 * Math.Abs(left[i]);
            Assert.True(isClose, $"{where}: element {i} was {left[i]:R} and becomes {right[i]:R}");
        }
    }

    private static void Becomes(Tensor tensor, string expected) => Becomes([tensor], expected);

    private static void Becomes(Tensor[] tensors, string expected)
    {
        var text = new Graph([.. tensors.Select(tensor => tensor.Node)]).Simplify().ToText();
        var calls = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipLast(1)
            .Select(line => TypeAndShape().Replace(line, ""));
        Assert.Equal(expected.ReplaceLineEndings("\n"), string.Join('\n', calls));
    }

    [GeneratedRegex(@"\s+[A-Z]\w+ \(.*$")]
    private static partial Regex TypeAndShape();
}
