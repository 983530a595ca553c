using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Tests.Reference;

namespace Ashlar.Tensors.Tests.Autodiff;

public class ProductGradientTests
{
    private readonly Random _random = Kernel.Seeded(Environment.TickCount);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Matrix_products_agree_with_differences_in_every_form(bool isTransposed)
    {
        var differences = new Differences(_random);
        long m = _random.Next(1, 4), k = _random.Next(1, 4), n = _random.Next(1, 4);
        (long[], bool)[] forms = [([], true), ([3], true), ([2, 3], true), ([2, 3], false)];
        foreach (var (leading, isShared) in forms)
        {
            var a = differences.Leaf([.. leading, m, k]);
            var b = differences.Leaf([.. isShared ? [] : leading, .. isTransposed ? new[] { n, k } : [k, n]]);
            differences.CheckTwice(a.Tensor.MatMul(b, isTransposed), a, b);
        }
    }

    [Fact]
    public void A_right_operand_of_16_bits_has_16_bits_in_backward_where_they_are_bfloat16()
    {
        var (x, w) = (Tensor.Input("x", DType.F32, [2, 3, 4]), Tensor.Input("w", DType.F32, [5, 4]));
        foreach (var type in (DType[])[DType.BF16, DType.F16])
        {
            var sum = x.MatMul(w.Cast(type), transposeRight: true).Reshape([30]).Sum(0);
            var gradients = sum.Gradients(x, w);
            Assert.Equal((DType.F32, DType.F32), (gradients[0].Type, gradients[1].Type));
            Assert.Equal((x.Shape, w.Shape), (gradients[0].Shape, gradients[1].Shape));
            var rights = new Graph(gradients[0].Node, gradients[1].Node).Nodes
                .Where(node => node.Op is MatMul).Select(node => node.Inputs[1].Type);
            Assert.Equal(type == DType.BF16 ? [DType.BF16, DType.BF16] : [DType.F16, DType.F32], rights);
        }
    }

    [Fact]
    public void A_frozen_matrix_in_a_block_format_passes_its_gradient_on()
    {
        var weights = TensorData.Allocate(DType.Q8_0, 6, 32);
        for (var i = 0; i < weights.Bytes; i++)
        {
            weights.AsSpan<byte>()[i] = (i % 34) switch { 0 => 0, 1 => 0x2c, _ => (byte)_random.Next(256) }; // scale 1/16
        }

        var differences = new Differences(_random);
        var x = differences.Leaf(3, 32);
        differences.Check(x.Tensor.MatMul(Tensor.Weight(weights), transposeRight: true), x);
    }

    [Theory]
    [InlineData(RotaryLayout.Interleaved)]
    [InlineData(RotaryLayout.Halves)]
    public void Rotations_agree_with_differences_and_turn_back_by_constants(RotaryLayout layout)
    {
        var differences = new Differences(_random);
        var x = differences.Leaf(4, 2, 10);
        var frequencies = Tensor.From<float>([1, 0.5f, 0.1f, 0.03f]);
        var turned = x.Tensor.Rotary(Tensor.From<int>([0, 1, 5, 100]), frequencies, layout, 1.25);
        differences.CheckTwice(turned, x);
        var slow = differences.Leaf(0.01, 0.1, 4); // F32 in between, so that differences are rough
        var bySlow = x.Tensor.Rotary(Tensor.From<int>([0, 1, 5, 7]), slow.Tensor.Cast(DType.F32), layout, 1.25);
        differences.Check(bySlow, 5e-3, [slow], [x]);
        Tensor[] sums = [Sum(turned), Sum(turned * 2)];
        var backs = sums.Select(sum => new Graph(sum.Gradients(x)[0].Node).Nodes
            .Single(node => node.Op is Rotary && node.Inputs[2] != frequencies.Node)).ToArray();
        Assert.Equal([-1f, -0.5f, -0.1f, -0.03f], ((Weight)backs[0].Inputs[2].Op).Data.AsSpan<float>().ToArray());
        Assert.Same(((Weight)backs[0].Inputs[2].Op).Data, ((Weight)backs[1].Inputs[2].Op).Data); // all layers share them

        static Tensor Sum(Tensor x) => x.Reshape([x.Shape.Elements]).Sum(0);
    }
}
