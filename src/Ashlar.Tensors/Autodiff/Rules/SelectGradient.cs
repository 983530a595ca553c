namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>A choice by a condition: the gradient goes to the one that was chosen.</summary>
internal static class SelectGradient
{
    /// <summary>Nothing for the condition, then both alternatives.</summary>
    public static Contribution[] Of(Node node, Tensor upstream)
    {
        var (condition, zero) = (new Tensor(node.Sources[0]), Tensor.Scalar(0, upstream.Type));
        return
        [
            Contribution.None,
            condition.Select(upstream, zero).SumTo(node.Sources[1].Shape),
            condition.Select(zero, upstream).SumTo(node.Sources[2].Shape),
        ];
    }
}
