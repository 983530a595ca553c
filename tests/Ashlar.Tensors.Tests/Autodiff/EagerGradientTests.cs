using System.Runtime.CompilerServices;
using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Autodiff;

public class EagerGradientTests
{
    [Fact]
    public void A_leaf_has_the_gradient_of_what_was_computed_from_it_whether_or_not_it_was_realized_in_between()
    {
        foreach (var isRealized in (bool[])[false, true])
        {
            var x = Tensor.From<double>([1, 2, 3]).RequiresGradient();
            var y = (x * x).Exp();
            if (isRealized) y.Realize();
            var z = (y * x).Log() + x;
            if (isRealized) z.Realize();
            var loss = z.Sum(0);
            if (isRealized) loss.Realize();
            Assert.Null(x.Gradient);
            loss.Backward();
            Kernel.AssertClose([1.0 * 2 + 1 + 1, 2 * 2 + 0.5 + 1, 3 * 2 + 1.0 / 3 + 1], x.Gradient!.Realize(), 1e-12);
        }
    }

    [Fact]
    public void Gradients_add_up_until_they_are_forgotten()
    {
        var (x, y) = (Tensor.From<float>([1, 2]).RequiresGradient(), Tensor.From<float>([5, 7]).RequiresGradient());
        (x * y).Sum(0).Backward();
        (x * 10).Sum(0).Backward();
        Assert.Equal([15f, 17], x.Gradient!.ToArray<float>());
        Assert.Equal([1f, 2], y.Gradient!.ToArray<float>());
        x.ZeroGradient();
        Assert.Null(x.Gradient);
        (x * 3).Sum(0).Backward();
        Assert.Equal([3f, 3], x.Gradient!.ToArray<float>());
    }

    [Fact]
    public void A_leaf_begins_anew_with_its_value_alone()
    {
        var x = Tensor.From<float>([1, 2]).Named("x").RequiresGradient();
        Assert.Same(x, x.RequiresGradient());
        var loss = (x * x).Sum(0);
        loss.Backward();
        var next = (x - x.Gradient! * 0.25).RequiresGradient();
        Assert.Equal([0.5f, 1], next.ToArray<float>());
        Assert.Null(next.Gradient);
        Assert.Empty(next.Node.Sources);
        (next * 2).Sum(0).Backward();
        Assert.Equal([2f, 4], x.Gradient!.ToArray<float>());
        Assert.Equal("'x' F32 (2)", x.Node.ToString());
    }

    [Fact]
    public void What_was_detached_gets_no_gradient_and_keeps_no_history()
    {
        var x = Tensor.From<float>([1, 2]).RequiresGradient();
        var constant = (x * x).Detach();
        constant.Realize();
        Assert.Empty(constant.Node.Sources);
        (constant * x).Sum(0).Backward();
        Assert.Equal([1f, 4], x.Gradient!.ToArray<float>());
    }

    [Fact]
    public void Backward_of_what_wants_no_gradient_is_an_error_that_says_what_to_do()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Tensor.From<float>([1]).Sum(0).Backward());
        Assert.Contains("RequiresGradient", error.Message, StringComparison.Ordinal);
        var x = Tensor.From<float>([1, 2]).RequiresGradient();
        Assert.Throws<InvalidOperationException>(() => x.Detach().Sum(0).Backward());
        Assert.Contains("sum it", Assert.Throws<ArgumentException>(x.Backward).Message, StringComparison.Ordinal);
        Assert.Contains("cast it", Assert.Throws<ArgumentException>(() => Tensor.From<int>([1]).RequiresGradient()).Message,
            StringComparison.Ordinal);
        Assert.Null(Tensor.From<float>([1]).Gradient);
    }

    [Fact]
    public void Memory_is_held_for_gradients_and_let_go_with_them()
    {
        var (held, result) = Loop(tracks: true);
        Collect();
        Assert.True(held.TryGetTarget(out _), "the history is gone while a gradient may be wanted");
        GC.KeepAlive(result);
        (held, result) = Loop(tracks: false);
        Collect();
        Assert.False(held.TryGetTarget(out _), "the history is held though no gradient was wanted");
        GC.KeepAlive(result);

        // In a frame of its own, which leaves no reference behind.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static (WeakReference<TensorData> Held, Tensor Result) Loop(bool tracks)
        {
            var x = Tensor.From<float>(new float[1000]);
            if (tracks) x = x.RequiresGradient();
            var y = x.Exp();
            var held = new WeakReference<TensorData>(y.Realize());
            for (var i = 0; i < 5; i++)
            {
                y = y.Sin();
                y.Realize();
            }

            return (held, y);
        }

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    [Fact]
    public void A_line_is_fitted_by_hand()
    {
        var random = Kernel.Seeded(3);
        float[] points = [.. Enumerable.Range(0, 32).Select(_ => random.NextSingle() * 2 - 1)];
        var x = Tensor.From<float>(points);
        var y = Tensor.From<float>([.. points.Select(point => 3 * point - 1)]);
        var (slope, offset) = (Tensor.From<float>([0]).RequiresGradient(), Tensor.From<float>([0]).RequiresGradient());
        for (var step = 0; step < 200; step++)
        {
            var error = x * slope + offset - y;
            (error * error).Mean(0).Backward();
            slope = (slope - slope.Gradient! * 0.3).RequiresGradient();
            offset = (offset - offset.Gradient! * 0.3).RequiresGradient();
        }

        Assert.Equal(3, slope.ToArray<float>()[0], 1e-3);
        Assert.Equal(-1, offset.ToArray<float>()[0], 1e-3);
    }
}
