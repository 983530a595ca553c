using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Arithmetic that changes no bit of a result, which gradients are full of: factors of one, signs that cancel, parts of what was
/// joined before.
/// </summary>
internal static class Identities
{
    /// <summary>
    /// A node with the same bits that computes less, of nodes that are there already; null where none is known.
    /// </summary>
    public static Node? Of(Node node) => node.Op switch
    {
        Unary { Function: UnaryFunction.Negate } => OfNegation(node.Inputs[0]),
        Binary binary => OfBinary(binary.Function, node),
        Select when node.Inputs[1] == node.Inputs[2] && node.Inputs[1].Shape == node.Shape => node.Inputs[1],
        Slice slice => OfSlice(slice, node),
        _ => null,
    };

    // - -x is x, and -(-x y) is x y: products and quotients have the sign of their operands, whatever is rounded.
    private static Node? OfNegation(Node x)
    {
        if (Negated(x) is { } inner) return inner;
        if (x is not { Realized: null, Op: Binary { Function: BinaryFunction.Multiply or BinaryFunction.Divide } }) return null;
        if (x.Type is not (DType.F32 or DType.F64)) return null; // whole numbers have one that cannot change its sign
        var (left, right) = (x.Inputs[0], x.Inputs[1]);
        if (Negated(left) is { } positive) return new Node(x.Op, [positive, right], x.Label);
        return Negated(right) is { } divisor ? new Node(x.Op, [left, divisor], x.Label) : null;
    }

    private static Node? OfBinary(BinaryFunction function, Node node)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        return function switch
        {
            BinaryFunction.Multiply when IsNumber(y, 1) && x.Shape == node.Shape => x,
            BinaryFunction.Multiply when IsNumber(x, 1) && y.Shape == node.Shape => y,
            BinaryFunction.Divide when IsNumber(y, 1) && x.Shape == node.Shape => x,
            BinaryFunction.Subtract when IsNumber(y, 0) && x.Shape == node.Shape => x, // adding zero changes minus zero
            BinaryFunction.Add when Negated(y) is { } subtracted => Apply(BinaryFunction.Subtract, x, subtracted),
            BinaryFunction.Add when Negated(x) is { } subtracted => Apply(BinaryFunction.Subtract, y, subtracted),
            BinaryFunction.Subtract when Negated(y) is { } added => Apply(BinaryFunction.Add, x, added),
            _ => null,
        };

        Node Apply(BinaryFunction other, Node left, Node right) => new(new Binary(other), [left, right], node.Label);
    }

    // A part of what was joined, where it lies within one of the pieces.
    private static Node? OfSlice(Slice slice, Node node)
    {
        var axis = Shape.AxisFromFront(slice.Axis, node.Shape.Rank);
        if (node.Inputs[0] is not { Realized: null, Op: Concat concat } joined || !slice.Length.IsConstant
            || Shape.AxisFromFront(concat.Axis, node.Shape.Rank) != axis)
        {
            return null;
        }

        var start = slice.Start;
        foreach (var piece in joined.Inputs)
        {
            if (!piece.Shape[axis].IsConstant) return null;
            var length = piece.Shape[axis].Value;
            if (start < length)
            {
                if (start + slice.Length.Value > length) return null;
                return slice.Length == length ? piece : new Node(slice with { Start = start }, [piece], node.Label);
            }

            start -= length;
        }

        return null;
    }

    private static Node? Negated(Node node) =>
        node is { Realized: null, Op: Unary { Function: UnaryFunction.Negate } } ? node.Inputs[0] : null;

    private static bool IsNumber(Node node, double value) =>
        node is { Realized: null, Op: Constant constant } && constant.Value.Equals(value) && !double.IsNegative(constant.Value);
}
