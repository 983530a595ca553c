using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Sharding;

/// <summary>The table of what becomes of each operation whose operands are cut.</summary>
internal static class ShardRules
{
    /// <summary>What a rank has of a node's value.</summary>
    /// <param name="node">The node of the whole graph.</param>
    /// <param name="operands">What the rank has of its inputs.</param>
    /// <param name="parts">How to change that.</param>
    public static Part Of(Node node, Part[] operands, Parts parts)
    {
        if (node.Realized is not null || node.Inputs.IsEmpty) return new Part(node);
        if (!operands.Any(operand => operand.IsCut)) return Apply(node, operands, -1);
        return Try(node, operands, parts) ?? Apply(node, [.. operands.Select(parts.Whole)], -1);
    }

    // Null where all of the operands is needed.
    private static Part? Try(Node node, Part[] operands, Parts parts) => node.Op switch
    {
        Unary or Cast or Detach => Apply(node, operands, operands[0].Axis),
        Binary or Select => Elementwise(node, operands, parts),
        MatMul matmul => ShardedProduct.Of(matmul, node, operands, parts),
        Reduce reduce => Reduction(reduce, node, operands[0], parts),
        Reshape reshape => Reshaped(reshape, node, operands[0], parts.Count),
        Permute permute => Apply(node, operands, permute.Axes.IndexOf(operands[0].Axis)),
        Expand expand => Expanded(expand, node, operands[0]),
        Slice slice when AxisOf(slice.Axis, node) != operands[0].Axis => Apply(node, operands, operands[0].Axis),
        Concat concat => Joined(concat, node, operands),
        // Heads are turned one by one.
        Rotary when operands[0].Axis == 1 && !operands[1].IsCut && !operands[2].IsCut => Apply(node, operands, 1),
        Gather { Shared: 0 } when operands[0].Axis > 0 && !operands[1].IsCut =>
            Apply(node, operands, operands[0].Axis - 1 + operands[1].Node.Shape.Rank),
        _ => null,
    };

    /// <summary>The node's operation on what the rank has.</summary>
    public static Part Apply(Node node, ReadOnlySpan<Part> operands, int axis)
    {
        var inputs = new Node[operands.Length];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = operands[i].Node;
        return new Part(
            inputs.AsSpan().SequenceEqual(node.Inputs.AsSpan()) ? node : new Node(node.Op, inputs, node.Label), axis);
    }

    private static Part? Elementwise(Node node, Part[] operands, Parts parts)
    {
        var cut = operands.First(operand => operand.IsCut);
        var back = cut.AxisFromBack;
        var inputs = new Part[operands.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            var (own, whole) = (operands[i], node.Inputs[i].Shape);
            if (own.IsCut && own.AxisFromBack != back) return null;
            if (own.IsCut) inputs[i] = own;
            else if (-back > whole.Rank || whole[^-back] == 1L) inputs[i] = new Part(parts.Copy(own.Node));
            else inputs[i] = new Part(parts.Cut(own.Node, whole.Rank + back));
        }

        return Apply(node, inputs, node.Shape.Rank + back);
    }

    private static Part? Reduction(Reduce reduce, Node node, Part operand, Parts parts)
    {
        if (AxisOf(reduce.Axis, node) != operand.Axis) return Apply(node, [operand], operand.Axis);
        return reduce.Function == ReduceFunction.Sum ? new Part(parts.Sum(Apply(node, [operand], -1).Node)) : null;
    }

    // The axis of the new shape that begins where the cut one did, if it divides.
    private static Part? Reshaped(Reshape reshape, Node node, Part operand, int count)
    {
        var from = node.Inputs[0].Shape;
        var before = Product(from, operand.Axis);
        for (var axis = 0; axis < reshape.To.Rank; axis++)
        {
            var size = reshape.To[axis];
            if (Product(reshape.To, axis) != before || !size.IsConstant || size.Value < count || size.Value % count != 0) continue;
            var shape = reshape.To.With(axis, size.Value / count);
            return new Part(new Node(new Reshape(shape), [operand.Node], node.Label), axis);
        }

        return null;

        static Dim Product(Shape shape, int axes) => shape.Take(axes).Aggregate((Dim)1L, (product, size) => product * size);
    }

    private static Part Expanded(Expand expand, Node node, Part operand)
    {
        // A cut axis has more than one element, so that it is not one that is repeated.
        var axis = expand.To.Rank + operand.AxisFromBack;
        var shape = expand.To.With(axis, operand.Node.Shape[operand.Axis]);
        return new Part(new Node(new Expand(shape), [operand.Node], node.Label), axis);
    }

    private static Part? Joined(Concat concat, Node node, Part[] operands)
    {
        var axis = operands[0].Axis;
        return axis >= 0 && axis != AxisOf(concat.Axis, node) && operands.All(operand => operand.Axis == axis)
            ? Apply(node, operands, axis)
            : null;
    }

    private static int AxisOf(int axis, Node node) => Shape.AxisFromFront(axis, node.Inputs[0].Shape.Rank);
}
