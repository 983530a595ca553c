using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Autodiff;

public class GroupedGradientTests
{
    private readonly Random _random = Kernel.Seeded(Environment.TickCount);

    [Fact]
    public void Products_with_the_matrix_of_each_group_agree_with_differences_twice()
    {
        var differences = new Differences(_random);
        var (rows, matrices) = (differences.Leaf(6, 3), differences.Leaf(4, 2, 3));
        differences.CheckTwice(rows.Tensor.GroupedMatMul(matrices, Choices(6, 3)), rows, matrices);
        var left = differences.Leaf(6, 2);
        differences.CheckTwice(left.Tensor.GroupedOuter(rows, Choices(6, 3), 4), left, rows);
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.BF16)]
    public void Grouped_outer_products_are_sums_over_the_rows_of_a_group(DType right)
    {
        var type = right == DType.F64 ? DType.F64 : DType.F32;
        (int, int, int, int)[] sizes = [(1, 1, 1, 1), (37, 5, 19, 4), (70, 33, 17, 3), (0, 2, 3, 2)];
        foreach (var (m, n, k, groups) in sizes)
        {
            double[] a = [.. Enumerable.Range(0, m * n).Select(_ => (double)(float)(_random.NextDouble() * 2 - 1))];
            double[] b = [.. Enumerable.Range(0, m * k).Select(_ => _random.Next(-128, 128) / 128.0)];
            int[] group = [.. Enumerable.Range(0, m).Select(_ => _random.Next(groups))];
            var expected = new double[groups * n * k];
            for (var row = 0; row < m; row++)
            {
                for (var i = 0; i < n * k; i++) expected[group[row] * n * k + i] += a[row * n + i / k] * b[row * k + i % k];
            }

            var result = Kernel.Run(
                new GroupedOuter(groups), Tensor.From<double>(a, m, n).Cast(type).Realize(),
                Tensor.From<double>(b, m, k).Cast(right).Realize(), TensorData.From<int>(group));
            Kernel.AssertClose(expected, result, Kernel.Tolerance(type));
        }
    }

    [Fact]
    public void Experts_of_bfloat16_have_gradients_of_their_own_shape()
    {
        var (rows, matrices) = (Tensor.Input("x", DType.F32, [6, 3]), Tensor.Input("w", DType.F32, [4, 2, 3]));
        var loss = rows.GroupedMatMul(matrices.Cast(DType.BF16), Choices(6, 4)).Reshape([12]).Sum(0);
        var gradients = loss.Gradients(rows, matrices);
        Assert.Equal([rows.Shape, matrices.Shape], gradients.Select(gradient => gradient.Shape));
        var outer = Assert.Single(new Graph(gradients[1].Node).Nodes, node => node.Op is GroupedOuter);
        Assert.Equal(DType.BF16, outer.Inputs[1].Type);
    }

    [Fact]
    public void Low_rank_products_agree_with_differences_where_ranks_count_and_read_nothing_where_they_do_not()
    {
        var differences = new Differences(_random);
        var (rows, smaller) = (differences.Leaf(5, 3), differences.Leaf(5, 8));
        var (sums, down, up) = (differences.Leaf(5, 18), differences.Leaf(3, 1, 3, 8), differences.Leaf(3, 2, 8, 16));
        var (choices, ranks) = (Choices(5, 3), Tensor.From<int>([8, 3, 0]));
        differences.CheckTwice(rows.Tensor.LowRankDown(down, choices, ranks), rows, down);
        differences.CheckTwice(sums.Tensor.LowRankUp(smaller, up, choices, ranks), sums, smaller, up);

        // What does not count may be anything.
        var elements = down.Data.AsSpan<double>();
        for (var i = 0; i < elements.Length; i++)
        {
            if (i % 8 >= new[] { 8, 3, 0 }[i / 24]) elements[i] = double.NaN;
        }

        differences.Check(rows.Tensor.LowRankDown(down, choices, ranks), [rows], [down]);
    }

    private Tensor Choices(int count, int groups) =>
        Tensor.From<int>([.. Enumerable.Range(0, count).Select(_ => _random.Next(groups))]);
}
