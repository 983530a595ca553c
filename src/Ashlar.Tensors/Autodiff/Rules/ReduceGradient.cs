using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Sums and maxima along an axis.</summary>
internal static class ReduceGradient
{
    /// <summary>A sum passes its gradient to every element, a maximum to the largest, equal ones sharing it.</summary>
    public static Contribution[] Of(Reduce reduce, Node node, Tensor upstream)
    {
        var x = new Tensor(node.Sources[0]);
        if (reduce.Function == ReduceFunction.Sum) return [upstream.Expand(x.Shape)];
        var (zero, one) = (Tensor.Scalar(0, x.Type), Tensor.Scalar(1, x.Type));
        var isLargest = x.EqualTo(new Tensor(node));
        var share = upstream / isLargest.Select(one, zero).Sum(reduce.Axis);
        return [isLargest.Select(share, zero)];
    }
}
