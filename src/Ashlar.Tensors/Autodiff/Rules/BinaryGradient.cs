using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Functions of two numbers; what was broadcast is summed back.</summary>
internal static class BinaryGradient
{
    /// <summary>For z = f(x, y), given dz: dx and dy.</summary>
    public static Contribution[] Of(BinaryFunction function, Node node, Tensor dz)
    {
        var (x, y, z) = (new Tensor(node.Sources[0]), new Tensor(node.Sources[1]), new Tensor(node));
        var (dx, dy) = function switch
        {
            BinaryFunction.Add => (dz, dz),
            BinaryFunction.Subtract => (dz, -dz),
            BinaryFunction.Multiply => (dz * y, dz * x),
            BinaryFunction.Divide => (dz / y, -(dz * z / y)),
            BinaryFunction.Maximum => (OfLarger(y, x, dz), OfLarger(x, y, dz)),
            BinaryFunction.Minimum => (OfLarger(x, y, dz), OfLarger(y, x, dz)),
            BinaryFunction.Power => (OfBase(x, y, dz), OfExponent(x, y, z, dz)),
            _ => throw new NotSupportedException($"the function '{node.Op.Name}' has no gradient rule"),
        };
        return [dx.SumTo(x.Shape), dy.SumTo(y.Shape)];
    }

    // What passes where the second is larger; half of it where they are equal.
    private static Tensor OfLarger(Tensor smaller, Tensor larger, Tensor dz) =>
        smaller.LessThan(larger).Select(dz, smaller.EqualTo(larger).Select(dz * 0.5, Tensor.Scalar(0, dz.Type)));

    // y x^(y - 1), and 0 where y is 0, also at x = 0.
    private static Tensor OfBase(Tensor x, Tensor y, Tensor dz)
    {
        if (y.Node.Op is Constant { Value: var power })
        {
            return power switch
            {
                0 => dz * 0,
                1 => dz,
                2 => dz * (x * 2),
                _ => dz * (x.Pow(Tensor.Scalar(power - 1, x.Type)) * power),
            };
        }

        var zero = Tensor.Scalar(0, x.Type);
        return dz * y.EqualTo(zero).Select(zero, y * x.Pow(y - 1));
    }

    // x^y ln x, and 0 where x is 0 and so the power is 0 for every positive y.
    private static Tensor OfExponent(Tensor x, Tensor y, Tensor z, Tensor dz)
    {
        var zero = Tensor.Scalar(0, y.Type);
        var logarithm = x.EqualTo(zero).Select(zero, x.Log());
        return dz * (z * logarithm);
    }
}
