using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Autodiff;

public class ElementwiseGradientTests
{
    private readonly Random _random = Kernel.Seeded(Environment.TickCount);

    public static TheoryData<string> Functions => [.. Unary.Keys];

    // Each with a range in which it is smooth.
    private static Dictionary<string, (Func<Tensor, Tensor> Function, double From, double To)> Unary => new()
    {
        ["neg"] = (x => -x, -1, 1),
        ["abs"] = (x => x.Abs(), -2, -0.1),
        ["exp"] = (x => x.Exp(), -1, 1),
        ["log"] = (x => x.Log(), 0.5, 2),
        ["sqrt"] = (x => x.Sqrt(), 0.5, 2),
        ["recip"] = (x => x.Reciprocal(), -2, -0.5),
        ["sin"] = (x => x.Sin(), -2, 2),
        ["cos"] = (x => x.Cos(), -2, 2),
        ["tanh"] = (x => x.Tanh(), -2, 2),
        ["erf"] = (x => x.Erf(), -2, 2),
        ["softmax"] = (x => x.Softmax(-1), -2, 2),
        ["square"] = (x => x.Pow(Tensor.Scalar(2, DType.F64)), -2, 2),
        ["cube"] = (x => x.Pow(Tensor.Scalar(3, DType.F64)), -2, 2),
        ["power"] = (x => x.Pow(Tensor.Scalar(-1.5, DType.F64)), 0.5, 2),
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Functions_of_one_number_agree_with_differences_twice(string name)
    {
        var (function, from, to) = Unary[name];
        var differences = new Differences(_random);
        var x = differences.Leaf(from, to, _random.Next(1, 4), _random.Next(1, 6));
        differences.CheckTwice(function(x), x);
    }

    [Fact]
    public void What_has_no_slope_has_a_gradient_of_zeros()
    {
        var x = Tensor.From<double>([-1.5, 0.25, 2]);
        foreach (var flat in (Tensor[])[x.Floor(), x.Cast(DType.I32).Cast(DType.F64), x.Detach(), Tensor.Scalar(1, DType.F64)])
        {
            Assert.Equal([0.0, 0, 0], flat.Reshape([flat.Shape.Elements]).Sum(0).Gradients(x)[0].ToArray<double>());
        }
    }

    [Theory]
    [InlineData("add")]
    [InlineData("sub")]
    [InlineData("mul")]
    [InlineData("div")]
    [InlineData("max")]
    [InlineData("min")]
    [InlineData("pow")]
    [InlineData("select")]
    public void Functions_of_two_numbers_agree_with_differences_whatever_was_broadcast(string name)
    {
        var differences = new Differences(_random);
        for (var round = 0; round < 6; round++)
        {
            var (x, y) = (differences.Leaf(0.5, 2, Sizes()), differences.Leaf(0.6, 2.1, Sizes()));
            Tensor z = name switch
            {
                "add" => x.Tensor + y,
                "sub" => x.Tensor - y,
                "mul" => x.Tensor * y,
                "div" => x.Tensor / y,
                "max" => Tensor.Max(x, y),
                "min" => Tensor.Min(x, y),
                "pow" => x.Tensor.Pow(y),
                _ => x.Tensor.LessThan(Tensor.Scalar(1.2, DType.F64)).Select(x, y),
            };
            differences.CheckTwice(z, x, y);
        }

        // Of (4, 3, 2), each axis stretched or absent.
        long[] Sizes() => [.. new long[] { 4, 3, 2 }.Skip(_random.Next(4)).Select(size => _random.Next(2) == 0 ? 1 : size)];
    }

    [Fact]
    public void Equal_ones_share_the_gradient_of_a_maximum()
    {
        var (x, y) = (Tensor.From<float>([1, 2, 3]), Tensor.From<float>([1, 1, 4]));
        var both = Tensor.Max(x, y).Sum(0).Gradients(x, y);
        Assert.Equal([0.5f, 1, 0], both[0].ToArray<float>());
        Assert.Equal([0.5f, 0, 1], both[1].ToArray<float>());
        Assert.Equal([0.25f, 0.25f, 0, 0.25f, 0.25f], Tensor.From<float>([7, 7, 1, 7, 7]) is var z
            ? z.Maximum(0).Gradients(z)[0].ToArray<float>() : []);
        Assert.Equal([-1f, 0, 1], Tensor.From<float>([-2, 0, 2]) is var w ? w.Abs().Sum(0).Gradients(w)[0].ToArray<float>() : []);
    }

    [Fact]
    public void A_power_of_zero_has_no_gradient_that_is_not_a_number()
    {
        var (x, y) = (Tensor.From<double>([0, 0, 2]), Tensor.From<double>([2, 0, 0]));
        var gradients = x.Pow(y).Sum(0).Gradients(x, y);
        Assert.Equal([0.0, 0, 0], gradients[0].ToArray<double>());
        Assert.Equal([0.0, 0, Math.Log(2)], gradients[1].ToArray<double>());
    }

    [Fact]
    public void A_sigmoid_whose_power_overflows_has_a_gradient_that_is_a_number()
    {
        var x = Tensor.From<float>([-1000, -100, -88.5f, 0, 100, 1000]);
        var gradient = (x / ((-x).Exp() + 1)).Sum(0).Gradients(x)[0].ToArray<float>();
        Assert.Equal([0f, 0, 0, 0.5f, 1, 1], gradient.Select(slope => MathF.Round(slope, 6)));
    }

    [Fact]
    public void Gradients_have_the_precision_that_the_value_is_computed_in()
    {
        var x = Tensor.From<float>([1, 2]);
        Assert.Equal(DType.F32, x.Cast(DType.F64).Sum(0).Gradients(x)[0].Type);
        var half = x.Cast(DType.F16);
        var gradients = half.Cast(DType.F64).Sum(0).Gradients(half, x);
        Assert.Equal([DType.F32, DType.F32], gradients.Select(gradient => gradient.Type));
        Assert.Equal([1f, 1], gradients[1].ToArray<float>());
    }
}
