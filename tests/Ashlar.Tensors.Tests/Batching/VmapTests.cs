using Ashlar.Tensors.Batching;
using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Batching;

public class VmapTests
{
    private const int Samples = 3;
    private readonly Random _random = Kernel.Seeded(Environment.TickCount);

    [Fact]
    public void Elementwise_operations_of_many_are_those_of_each()
    {
        Tensor wide = Numbers(2, 4), row = Numbers(4), column = Numbers(3, 1);
        Check(x => (x[0].Exp() + row) * x[0], Numbers(Samples, 2, 4));
        Check(x => x[0] * wide - column.Reshape([3, 1, 1]), Numbers(Samples, 4)); // of fewer axes than what it meets
        Check(x => x[0].LessThan(x[1]).Select(x[0], row), Numbers(Samples, 4), Numbers(Samples, 2, 4));
        Check(x => x[0].Cast(DType.I32).Cast(DType.F64).Detach().After(x[1]), Numbers(Samples, 4), Numbers(Samples, 1));
        Check(x => x[0] + 1, Numbers(Samples)); // scalars
    }

    [Fact]
    public void Reductions_and_movements_of_many_are_those_of_each()
    {
        var x = Numbers(Samples, 2, 3, 4);
        for (var axis = -3; axis < 3; axis++)
        {
            var along = axis;
            Check(each => each[0].Sum(along), x);
            Check(each => each[0].Maximum(along), x);
            Check(each => each[0].Softmax(along), x);
            Check(each => each[0].Slice(along, 1, 1), x);
            Check(each => Tensor.Concat(along, each[0], Fixed(1, 2, 3, 4), each[0]), x);
        }

        Check(each => each[0].Reshape([6, 4]).Permute(1, 0), x);
        Check(each => each[0].Permute(2, 0, 1), x);
        Check(each => each[0].Slice(1, 0, 1).Expand([5, 2, 3, 4]), x);
        Check(each => each[0].TopK(2).Cast(DType.F64), x);
        Check(_ => Fixed(2, 4), x); // which depends on none
    }

    [Fact]
    public void Gathers_and_scatters_of_many_are_those_of_each()
    {
        Tensor table = Numbers(5, 2), rows = Numbers(4, 2);
        Tensor indices = Choices(5, 4), own = Choices(5, Samples, 4);
        Check(x => table.Gather(x[0]), own);
        Check(x => x[0].Gather(indices), Numbers(Samples, 5, 2));
        Check(x => x[0].Gather(x[1]), Numbers(Samples, 5, 2), own);
        Check(x => x[0].GatherColumns(x[1]), Numbers(Samples, 4, 5), Choices(5, Samples, 4, 2));
        Check(x => Fixed(3, 4, 5).GatherColumns(x[0]), Choices(5, Samples, 4, 2));
        Check(x => rows.ScatterAdd(x[0], 5), own);
        Check(x => x[0].ScatterAdd(indices, 5), Numbers(Samples, 4, 2));
        Check(x => x[0].ScatterAdd(x[1], 5), Numbers(Samples, 4, 2), own);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Matrix_products_of_many_are_those_of_each(bool isTransposed)
    {
        long[] form = isTransposed ? [5, 3] : [3, 5];
        Tensor left = Numbers(2, 4, 3), right = Numbers([2, .. form]), matrix = Numbers(form);
        Check(x => x[0].MatMul(matrix, isTransposed), Numbers(Samples, 4, 3));
        Check(x => x[0].MatMul(matrix, isTransposed), Numbers(Samples, 2, 4, 3));
        Check(x => x[0].MatMul(right, isTransposed), Numbers(Samples, 2, 4, 3));
        Check(x => left.MatMul(x[0], isTransposed), Numbers([Samples, .. form]));
        Check(x => left.MatMul(x[0], isTransposed), Numbers([Samples, 2, .. form]));
        Check(x => x[0].MatMul(x[1], isTransposed), Numbers(Samples, 4, 3), Numbers([Samples, .. form]));
        Check(x => x[0].MatMul(x[1], isTransposed), Numbers(Samples, 2, 4, 3), Numbers([Samples, 2, .. form]));
    }

    [Fact]
    public void Grouped_and_low_rank_products_of_many_are_those_of_each()
    {
        Tensor rows = Numbers(6, 3), matrices = Numbers(4, 2, 3), groups = Choices(4, 6);
        Check(x => x[0].GroupedMatMul(matrices, x[1]), Numbers(Samples, 6, 3), Choices(4, Samples, 6));
        Check(x => rows.GroupedMatMul(x[0], groups), Numbers(Samples, 4, 2, 3));
        Check(x => x[0].GroupedOuter(rows, groups, 4), Numbers(Samples, 6, 2));
        Check(x => rows.GroupedOuter(rows, x[0], 4), Choices(4, Samples, 6));

        Tensor down = Numbers(4, 1, 3, 8), up = Numbers(4, 2, 8, 16), ranks = Choices(9, 4), small = Numbers(6, 8);
        Check(x => x[0].LowRankDown(down, x[1], ranks), Numbers(Samples, 6, 3), Choices(4, Samples, 6));
        Check(x => rows.LowRankDown(x[0], groups, ranks), Numbers(Samples, 4, 1, 3, 8));
        Check(x => rows.LowRankDown(down, groups, x[0]), Choices(9, Samples, 4));
        Check(x => x[0].LowRankUp(small, up, groups, ranks), Numbers(Samples, 6, 20));
        Check(x => Fixed(4, 6, 20).LowRankUp(x[0], x[1], groups, ranks), Numbers(Samples, 6, 8), Numbers(Samples, 4, 2, 8, 16));
    }

    [Fact]
    public void Sequence_operations_of_many_are_those_of_each()
    {
        var frequencies = Tensor.From<float>([1, 0.1f]);
        Check(
            x => x[0].Rotary(x[1], frequencies, RotaryLayout.Halves), Numbers(Samples, 4, 2, 5), Choices(100, Samples, 4));

        Tensor queries = Numbers(4, 2, 3), keys = Numbers(12, 1, 3), values = Numbers(12, 1, 2);
        Tensor table = Tensor.From<int>([3, 0, 5, 1, 4, 2], 2, 3), sequences = Choices(2, 4), positions = Choices(6, 4);
        Check(x => x[0].Attend(keys, values, x[1], x[2], table, 2, 0.7), Numbers(Samples, 4, 2, 3),
            Choices(6, Samples, 4), Choices(2, Samples, 4));
        Check(x => queries.Attend(x[0], values, positions, sequences, table, 2, 0.7, window: 2), Numbers(Samples, 12, 1, 3));
        Check(x => queries.Attend(keys, x[0], positions, sequences, x[1], 2, 0.7, sinks: Tensor.From<float>([1, 2])),
            Numbers(Samples, 12, 1, 2), Choices(6, Samples, 2, 3));
    }

    [Fact]
    public void Gradients_of_each_sample_come_in_one_run()
    {
        Tensor w = Numbers(3, 4), table = Numbers(7, 3);
        Func<IReadOnlyList<Tensor>, Tensor[]> gradients = x => Loss(table.Gather(x[0]), w).Gradients(w, table);
        Check(x => gradients(x)[0], Choices(7, Samples, 5));
        Check(x => gradients(x)[1], Choices(7, Samples, 5));
        Check(x => Loss(x[0], w).Gradients(w)[0], Numbers(Samples, 5, 3));

        static Tensor Loss(Tensor x, Tensor w)
        {
            var y = x.MatMul(w).Softmax(-1) * x.Slice(1, 0, 1);
            return (y.Slice(0, 0, 2).Exp().Reshape([8]).Sum(0) - y.Slice(0, 2, 3).Maximum(1).Reshape([3]).Sum(0)).Tanh();
        }
    }

    [Fact]
    public void Maps_may_be_nested_and_gradients_taken_of_them()
    {
        var (x, y) = (Numbers(3, 4), Numbers(5, 4));
        var all = x.Vmap(a => y.Vmap(b => (a * b).Sum(0).Reshape([]))); // every row with every other
        Kernel.AssertClose(x.MatMul(y, transposeRight: true).ToArray<double>(), all.Realize(), 1e-14);
        var sum = x.Vmap(a => (a * a).Sum(0)).Reshape([3]).Sum(0);
        Assert.Equal((x * 2).ToArray<double>(), sum.Gradients(x)[0].ToArray<double>());
    }

    [Fact]
    public void Samples_may_lie_along_any_axis()
    {
        var x = Numbers(2, 4, Samples);
        var expected = x.Permute(2, 0, 1).Vmap(each => each.Sum(1)).ToArray<double>();
        Assert.Equal(expected, x.Vmap(each => each.Sum(1), -1).ToArray<double>());
        Assert.Throws<ArgumentException>(() => x.Vmap(each => each, 3));
        Assert.Throws<ArgumentException>(() => Vmap.Of(each => each, [x, Numbers(5)], [0, 0]));
        Assert.Throws<ArgumentException>(() => Vmap.Of(each => each, [], []));
    }

    [Fact]
    public void An_operation_that_cannot_be_computed_for_many_is_named()
    {
        var state = Tensor.State("cache", DType.F64, [4, 2]);
        var error = Assert.Throws<NotSupportedException>(
            () => Numbers(Samples, 1, 2).Vmap(x => state.Store(x, Tensor.From<int>([0]))));
        Assert.Contains("'store'", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<NotSupportedException>(() => Numbers(Samples, 2).Vmap(
            x => Numbers(1, 1, 4).Rotary(Tensor.From<int>([1]), x.Cast(DType.F32), RotaryLayout.Halves)));
        Assert.Contains("frequencies of their own", error.Message, StringComparison.Ordinal);
    }

    // The same bits as a loop over the samples.
    private static void Check(Func<IReadOnlyList<Tensor>, Tensor> function, params Tensor[] values)
    {
        var all = Vmap.Of(x => [function(x)], values, new int[values.Length])[0];
        Tensor[] each = [.. Enumerable.Range(0, Samples).Select(sample => function(
            [.. values.Select(value => value.Slice(0, sample, 1).Reshape([.. value.Shape.Skip(1)]))]))];
        Assert.Equal([Samples, .. each[0].Shape], all.Shape);
        Assert.Equal(each.SelectMany(result => result.ToArray<double>()), all.ToArray<double>());
    }

    private Tensor Numbers(params long[] sizes) => Numbers(_random, sizes);

    private static Tensor Fixed(int seed, params long[] sizes) => Numbers(new Random(seed), sizes);

    private static Tensor Numbers(Random random, long[] sizes)
    {
        var data = TensorData.Allocate(DType.F64, sizes);
        foreach (ref var value in data.AsSpan<double>()) value = random.NextDouble() * 2 - 1;
        return Tensor.Weight(data);
    }

    private Tensor Choices(int count, params long[] sizes)
    {
        var data = TensorData.Allocate(DType.I32, sizes);
        foreach (ref var value in data.AsSpan<int>()) value = _random.Next(count);
        return Tensor.Weight(data);
    }
}
