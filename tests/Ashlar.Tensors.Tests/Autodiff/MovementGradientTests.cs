using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Autodiff;

public class MovementGradientTests
{
    private readonly Random _random = Kernel.Seeded(Environment.TickCount);

    [Fact]
    public void Movements_agree_with_differences()
    {
        var differences = new Differences(_random);
        var (x, y) = (differences.Leaf(3, 4, 2), differences.Leaf(3, 1, 2));
        differences.CheckTwice(x.Tensor.Reshape([6, 4]).Exp(), x);
        differences.CheckTwice(x.Tensor.Permute(2, 0, 1).Exp(), x);
        differences.CheckTwice(x.Tensor.Slice(-2, 1, 2).Exp(), x);
        differences.CheckTwice(y.Tensor.Expand([5, 3, 4, 2]).Exp(), y);
        differences.CheckTwice(Tensor.Concat(-2, x, y, x).Exp(), x, y);
    }

    [Fact]
    public void Sums_and_maxima_agree_with_differences()
    {
        var differences = new Differences(_random);
        var x = differences.Leaf(3, 4, 5);
        for (var axis = -3; axis < 3; axis++)
        {
            differences.CheckTwice(x.Tensor.Sum(axis).Exp(), x);
            differences.CheckTwice(x.Tensor.Maximum(axis).Exp(), x);
        }
    }

    [Fact]
    public void Gathers_and_scatters_agree_with_differences()
    {
        var differences = new Differences(_random);
        var table = differences.Leaf(5, 3);
        var chosen = Tensor.From<int>([0, 4, 4, 1, 0, 0], 3, 2);
        differences.CheckTwice(table.Tensor.Gather(chosen).Exp(), table);
        var rows = differences.Leaf(3, 2, 2);
        differences.CheckTwice(rows.Tensor.ScatterAdd(chosen, 7).Exp(), rows);
        differences.CheckTwice(table.Tensor.GatherColumns(Tensor.From<int>([0, 2, 1, 1, 2, 2, 0, 1, 2, 0], 5, 2)).Exp(), table);
        var tables = differences.Leaf(2, 3, 4, 2);
        var shared = new Tensor(new Node(
            new Gather(Shared: 2), [tables.Tensor.Node, Tensor.From<int>([0, 3, 3, 3, 1, 2, 0, 0, 2, 1, 3, 0], 2, 3, 2).Node]));
        differences.CheckTwice(shared.Exp(), tables);
    }

    [Fact]
    public void Parts_of_one_axis_that_do_not_overlap_become_one_gradient_without_a_sum()
    {
        var x = Tensor.Input("x", DType.F32, [4, 10]);
        var loss = Parts((7, 3), (0, 2), (2, 4));
        var gradient = loss.Gradients(x)[0].Node;
        Assert.IsType<Concat>(gradient.Op);
        Assert.Equal([2L, 4, 1, 3], gradient.Inputs.Select(input => input.Shape[1].Value));
        Assert.Equal(1, gradient.Inputs.Count(input => input.Op is Expand { To: var to } && input.Inputs[0].Op is Constant));

        // Those that overlap are added, each with zeros beside it.
        gradient = Parts((0, 6), (4, 6)).Gradients(x)[0].Node;
        Assert.IsType<Binary>(gradient.Op);
        Assert.All(gradient.Inputs, input => Assert.IsType<Concat>(input.Op));

        Tensor Parts(params (long Start, long Length)[] parts) => parts
            .Select(part => (x.Slice(1, part.Start, part.Length).Exp() * part.Length).Reshape([4 * part.Length]).Sum(0))
            .Aggregate((sum, part) => sum + part);
    }

    [Fact]
    public void The_same_part_that_is_taken_twice_counts_twice()
    {
        var x = Tensor.From<double>([1, 2, 3, 4]);
        var (first, second, again) = (x.Slice(0, 0, 2), x.Slice(0, 2, 2), x.Slice(0, 2, 2));
        Assert.Equal([1.0, 1, 2, 2], (first + (second + again)).Sum(0).Gradients(x)[0].ToArray<double>());
    }

    [Fact]
    public void Parts_that_overlap_or_lie_along_other_axes_agree_with_differences()
    {
        var differences = new Differences(_random);
        for (var round = 0; round < 20; round++)
        {
            var x = differences.Leaf(4, 6);
            Tensor sum = Tensor.Scalar(0, DType.F64);
            for (var part = 0; part < 5; part++)
            {
                var axis = _random.Next(2);
                var size = axis == 0 ? 4 : 6;
                var start = _random.Next(size);
                var slice = x.Tensor.Slice(axis, start, _random.Next(1, size - start + 1));
                sum += (slice.Exp() * (part + 1)).Reshape([slice.Shape.Elements]).Sum(0);
            }

            differences.Check(sum, x);
        }
    }
}
