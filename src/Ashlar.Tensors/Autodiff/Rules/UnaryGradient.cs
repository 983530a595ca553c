using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Functions of one number. Those whose derivative can be had from the result use it: it is there already.</summary>
internal static class UnaryGradient
{
    private const double TwoBySquareRootOfPi = 1.1283791670955126;

    /// <summary>For y = f(x), given dy: dx.</summary>
    public static Contribution[] Of(UnaryFunction function, Node node, Tensor dy)
    {
        var (x, y) = (new Tensor(node.Sources[0]), new Tensor(node));
        var zero = Tensor.Scalar(0, node.Type);
        return function switch
        {
            UnaryFunction.Negate => [-dy],
            UnaryFunction.Absolute => [zero.LessThan(x).Select(dy, x.LessThan(zero).Select(-dy, zero))],
            UnaryFunction.Floor => [Contribution.None],
            UnaryFunction.Exponential => [dy * Tensor.Min(y, Largest(node.Type))],
            UnaryFunction.Logarithm => [dy / x],
            UnaryFunction.SquareRoot => [dy * 0.5 / y],
            UnaryFunction.Reciprocal => [-(dy * y * y)],
            UnaryFunction.Sine => [dy * x.Cos()],
            UnaryFunction.Cosine => [-(dy * x.Sin())],
            UnaryFunction.HyperbolicTangent => [dy * (Tensor.Scalar(1, node.Type) - y * y)],
            UnaryFunction.ErrorFunction => [dy * ((-(x * x)).Exp() * TwoBySquareRootOfPi)],
            _ => throw new NotSupportedException($"the function '{node.Op.Name}' has no gradient rule"),
        };
    }

    // Nothing times infinity is nothing here: x / (1 + e^-x) has a gradient also where e^-x is more than a number holds.
    private static Tensor Largest(DType type) => Tensor.Scalar(type == DType.F32 ? float.MaxValue : double.MaxValue, type);
}
