using Ashlar.Tensors.Autodiff;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Runtime;
using Kernel = Ashlar.Tensors.Tests.Reference.Kernel;

namespace Ashlar.Tensors.Tests.Autodiff;

public class GradientTests
{
    [Fact]
    public void A_value_used_many_times_has_the_sum_of_its_gradients()
    {
        var differences = new Differences(Kernel.Seeded(Environment.TickCount));
        var x = differences.Leaf(0.5, 2, 5);
        var y = x.Tensor * x + x;
        differences.CheckTwice((y * y - y / x).Sum(0) * x, x);
    }

    [Fact]
    public void With_respect_to_itself_a_number_has_the_gradient_one_and_to_values_in_between_what_they_pass_on()
    {
        var x = Tensor.From<float>([1, 2, 3]);
        var y = x * 2;
        var z = y.Sum(0);
        var gradients = z.Gradients(z, y, x);
        Assert.Equal([1f], gradients[0].ToArray<float>());
        Assert.Equal([1f, 1, 1], gradients[1].ToArray<float>());
        Assert.Equal([2f, 2, 2], gradients[2].ToArray<float>());
    }

    [Fact]
    public void A_graph_deeper_than_a_stack_has_gradients()
    {
        var x = Tensor.From<double>([1]);
        var y = x;
        for (var i = 0; i < 50_000; i++) y += x;
        using var executable = new Executable(new Graph(Gradient.Of(y.Node, [x.Node])), 1, "reference");
        executable.Run();
        Assert.Equal(50_001, executable.Output(0).AsSpan<double>()[0]);
    }

    [Fact]
    public void Gradients_have_the_same_bits_each_time()
    {
        var random = Kernel.Seeded(Environment.TickCount);
        var x = Tensor.From<float>([.. Enumerable.Range(0, 64).Select(_ => random.NextSingle())], 8, 8);
        Assert.Equal(Bits(), Bits());

        float[] Bits()
        {
            var y = x.MatMul(x).Softmax(-1) * x + x.Slice(0, 0, 4).MatMul(x).Reshape([1, 32]).Sum(1);
            return y.Reshape([64]).Sum(0).Gradients(x)[0].ToArray<float>();
        }
    }

    [Fact]
    public void What_cannot_be_differentiated_is_an_error_that_says_why()
    {
        var x = Tensor.From<float>([1, 2]);
        Assert.Contains("sum it", Assert.Throws<ArgumentException>(() => x.Gradients(x)).Message, StringComparison.Ordinal);
        Assert.Contains("no float", Assert.Throws<ArgumentException>(() => x.Sum(0).Gradients(Tensor.From<int>([1]))).Message,
            StringComparison.Ordinal);
        var unknown = new Node(new Unknown(), [x.Node]);
        var error = Assert.Throws<NotSupportedException>(() => Gradient.Of(unknown, [x.Node]));
        Assert.Contains("the operation 'unknown' has no gradient rule", error.Message, StringComparison.Ordinal);
        Gradient.Of(unknown, [Tensor.From<float>([1]).Node]); // which it does not depend on
    }

    private sealed record Unknown : Op
    {
        public override string Name => "unknown";

        internal override (DType, Shape) Infer(ReadOnlySpan<Node> inputs) => (DType.F32, []);
    }

    [Fact]
    public void What_comes_after_another_value_has_the_same_bits_and_gradient()
    {
        var differences = new Differences(Kernel.Seeded(Environment.TickCount));
        var (x, y) = (differences.Leaf(3, 2), differences.Leaf(4));
        differences.CheckTwice(x.Tensor.Exp().After(y).Exp(), x, y);
        foreach (var set in (string?[])["reference", null])
        {
            var (a, b) = (Tensor.Input("a", DType.F32, [3, 5]), Tensor.Input("b", DType.F32, [7]));
            using var executable = new Executable(new Graph((a.After(b.Exp()) * 2).Node, a.Detach().Node), 1, set);
            float[] values = [.. Enumerable.Range(0, 15).Select(i => i * 0.1f)];
            executable.Bind("a", TensorData.From<float>(values, 3, 5));
            executable.Bind("b", TensorData.From<float>(new float[7]));
            executable.Run();
            Assert.Equal(values.Select(value => value * 2), executable.Output(0).AsSpan<float>().ToArray());
            Assert.Equal(values, executable.Output(1).AsSpan<float>().ToArray());
        }
    }

    [Fact]
    public void What_is_computed_from_a_later_value_is_not_merged_with_what_was_computed_from_it_before()
    {
        var (x, trigger) = (Tensor.Input("x", DType.F32, [4]), Tensor.Input("t", DType.F32, [4]));
        var graph = new Graph((x.Exp() + x.After(trigger).Exp()).Node);
        Assert.Equal(2, Ashlar.Tensors.Passes.GraphPlans.Simplify(graph).Nodes.Count(node => node.Op is Unary));
    }
}
