using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff.Rules;

/// <summary>Elements that move: their gradients move back.</summary>
internal static class MovementGradient
{
    /// <summary>The axes back in their order.</summary>
    public static Tensor OfPermute(Permute permute, Tensor upstream)
    {
        var back = new int[permute.Axes.Length];
        for (var axis = 0; axis < back.Length; axis++) back[permute.Axes[axis]] = axis;
        return upstream.Permute(back);
    }

    /// <summary>A part, with zeros beside it.</summary>
    public static Contribution OfSlice(Slice slice, Node node, Tensor upstream) =>
        new(upstream, Shape.AxisFromFront(slice.Axis, node.Shape.Rank), slice.Start);

    /// <summary>Each input's own part.</summary>
    public static Contribution[] OfConcat(Concat concat, Node node, Tensor upstream)
    {
        var axis = Shape.AxisFromFront(concat.Axis, node.Shape.Rank);
        var parts = new Contribution[node.Sources.Length];
        Dim start = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (!start.IsConstant)
            {
                throw new NotSupportedException(
                    $"{concat.Describe(node.Sources.AsSpan())}: its gradient needs constant sizes before the last input's");
            }

            var length = node.Sources[i].Shape[axis];
            parts[i] = upstream.Slice(axis, start.Value, length);
            start += length;
        }

        return parts;
    }
}
