using System.Runtime.CompilerServices;
using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Runtime;

public class TensorTests
{
    private static Tensor Matrix(Random random, int rows, int columns) =>
        Tensor.From<float>([.. Enumerable.Range(0, rows * columns).Select(_ => random.NextSingle() * 4 - 2)], rows, columns);

    [Fact]
    public void Operators_read_as_arithmetic()
    {
        var (x, y) = (Tensor.From<float>([1, 2, 3]), Tensor.From<float>([4, 5, 6]));
        Assert.Equal([5f, 7, 9], (x + y).ToArray<float>());
        Assert.Equal([-3f, -3, -3], (x - y).ToArray<float>());
        Assert.Equal([4f, 10, 18], (x * y).ToArray<float>());
        Assert.Equal([4f, 2.5f, 2], (y / x).ToArray<float>());
        Assert.Equal([-1f, -2, -3], (-x).ToArray<float>());
        Assert.Equal([0.5f, 1, 1.5f], ((x + 1 - 1) * 2 / 4).ToArray<float>());
        Assert.Equal([1f, 4, 9], x.Pow(Tensor.Scalar(2)).ToArray<float>());
        Assert.Equal([4f, 5, 6], Tensor.Max(x, y).ToArray<float>());
        Assert.Equal([1f, 2, 3], Tensor.Min(x, y).ToArray<float>());
        Assert.Equal([true, false, false], x.LessThan(Tensor.Scalar(2)).ToArray<bool>());
        Assert.Equal([false, true, false], x.EqualTo(Tensor.Scalar(2)).ToArray<bool>());
        Assert.Equal([1f, 5, 6], x.LessThan(Tensor.Scalar(2)).Select(x, y).ToArray<float>());
        Assert.Equal([3, 4], (Tensor.From<int>([1, 2]) + 2).ToArray<int>());
        Assert.Equal([2.5], Tensor.Scalar(2.5, DType.F64).ToArray<double>());
    }

    [Fact]
    public void A_realized_tensor_is_computed_once_and_lets_its_inputs_go()
    {
        var x = Tensor.From<float>([1, 2]) * 3;
        Assert.NotEmpty(x.Node.Inputs);
        var data = x.Realize();
        Assert.Same(data, x.Realize());
        Assert.Empty(x.Node.Inputs);
        Assert.Equal([4f, 7], (x + 1).ToArray<float>());
        Assert.Equal([3f, 6], x.Named("three").ToArray<float>());
        Assert.Equal("'three' F32 (2)", x.Named("three").Node.ToString());
    }

    [Fact]
    public void A_loop_that_realizes_every_step_keeps_only_the_last()
    {
        var (last, first) = Loop();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(first.TryGetTarget(out _), "the first step is still in memory");
        Assert.Equal(50, last.ToArray<float>()[0]);

        // In a frame of its own, which leaves no reference behind.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static (Tensor Last, WeakReference<TensorData> First) Loop()
        {
            var x = Tensor.From<float>(new float[1000]) + 1;
            var first = new WeakReference<TensorData>(x.Realize());
            for (var i = 1; i < 50; i++)
            {
                x += 1;
                x.Realize();
            }

            return (x, first);
        }
    }

    [Fact]
    public void What_depends_on_an_input_or_a_state_cannot_be_realized_and_says_which()
    {
        var x = Tensor.Input("tokens", DType.F32, [2]) + 1;
        Assert.Contains(
            "input 'tokens' F32 (2) is not bound", Assert.Throws<InvalidOperationException>(() => x.Realize()).Message,
            StringComparison.Ordinal);
        var s = Tensor.State("cache", DType.F32, [2]);
        Assert.Contains(
            "'cache'", Assert.Throws<InvalidOperationException>(() => (s + 1).ToArray<float>()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    public void Softmax_and_mean_are_what_they_are_called(int axis)
    {
        var x = Matrix(Kernel.Seeded(90), 5, 7);
        var values = x.ToArray<float>();
        var (rows, columns) = (5, 7);
        IEnumerable<int> Line(int i) => axis == 0 ? Enumerable.Range(0, rows).Select(row => row * columns + i % columns)
            : Enumerable.Range(0, columns).Select(column => i / columns * columns + column);
        var softmax = Enumerable.Range(0, values.Length).Select(i => Math.Exp(values[i]) / Line(i).Sum(j => Math.Exp(values[j])))
            .ToArray();
        Kernel.AssertClose(softmax, x.Softmax(axis).Realize(), 1e-6);
        var mean = axis == 0 ? Enumerable.Range(0, columns) : Enumerable.Range(0, rows).Select(row => row * columns);
        Kernel.AssertClose([.. mean.Select(i => Line(i).Average(j => (double)values[j]))], x.Mean(axis).Realize(), 1e-6);
    }

    [Fact]
    public void Softmax_of_huge_numbers_does_not_overflow() =>
        Kernel.AssertClose([0.5, 0.5, 0], Tensor.From<float>([1e30f, 1e30f, -1e30f]).Softmax(0).Realize(), 0);

    [Fact]
    public void Columns_are_gathered_from_each_row()
    {
        var random = Kernel.Seeded(91);
        var x = Matrix(random, 6, 9);
        var top = x.TopK(3);
        var expected = x.ToArray<float>().Chunk(9).SelectMany(row => row.OrderDescending().Take(3));
        Assert.Equal(expected, x.GatherColumns(top).ToArray<float>());
        var error = Assert.Throws<InvalidOperationException>(
            () => x.GatherColumns(Tensor.From<int>([0, 1, 9, 3, 4, 5], 6, 1)).Realize());
        Assert.Contains("no row 9 among 9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mean_over_an_unknown_number_says_so()
    {
        var x = Tensor.Input("x", DType.F32, [new Symbol("tokens"), 4]);
        Assert.Contains("tokens", Assert.Throws<ShapeException>(() => x.Mean(0)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => x.Mean(2));
    }

    [Fact]
    public void Gradients_by_hand_agree_with_differences()
    {
        // The pieces that a training step is made of: product, transposed product, scatter as the reverse of gather.
        var random = Kernel.Seeded(92);
        var (x, w) = (Matrix(random, 3, 4).Cast(DType.F64), Matrix(random, 4, 2).Cast(DType.F64));
        var gradient = x.Permute(1, 0).MatMul(Tensor.Scalar(1, DType.F64).Expand([3, 2])).ToArray<double>(); // of the sum of x w
        var values = w.ToArray<double>();
        for (var i = 0; i < values.Length; i++)
        {
            var moved = values.ToArray();
            moved[i] += 1e-6;
            var change = Total(Tensor.From<double>(moved, 4, 2)) - Total(w);
            Assert.Equal(gradient[i], change / 1e-6, 1e-6);
        }

        double Total(Tensor weights) => x.MatMul(weights).Sum(0).Sum(1).ToArray<double>()[0];
    }
}
