using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Reference;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Rewrites a graph into a smaller one that computes the same: equal nodes become one, constants are computed, movements that
/// move nothing go away, and a sum over a short axis that is not the last becomes additions of slices, which fuse.
/// </summary>
internal sealed class Simplification
{
    // The longest axis that is summed by one addition a slice.
    private const int LongestUnrolledSum = 16;

    private readonly Dictionary<Node, Node> _new = []; // from each old node
    private readonly Dictionary<NodeIdentity, Node> _known = [];
    private readonly Dictionary<Node, Node> _counted = []; // constants for iotas

    private Simplification()
    {
    }

    /// <summary>The simplified graph; nodes that need no change are shared with the old one.</summary>
    public static Graph Of(Graph graph)
    {
        var pass = new Simplification();
        foreach (var node in graph.Nodes) pass._new[node] = pass.Rewrite(node);
        return new Graph([.. graph.Outputs.Select(output => pass._new[output])]);
    }

    private Node Rewrite(Node old)
    {
        if (old is { Realized: null, Op: Iota }) return FoldIota(Merge(old));
        if (old.Realized is not null || old.Inputs.IsEmpty) return Merge(old);
        var inputs = old.Inputs.Select(input => _new[input]).ToArray();
        var node = inputs.AsSpan().SequenceEqual(old.Inputs.AsSpan()) ? old : new Node(old.Op, inputs, old.Label);
        return Merge(Shorten(node));
    }

    private Node Merge(Node node)
    {
        // A state is what it is, not what it looks like; and what was computed already stands for itself.
        if (node.Op is State || node.Realized is not null) return node;
        var identity = new NodeIdentity(node);
        if (_known.TryGetValue(identity, out var known)) return known;
        return _known[identity] = node;
    }

    private Node Shorten(Node node)
    {
        switch (node.Op)
        {
            case Reshape when node.Inputs[0].Shape == node.Shape:
            case Expand when node.Inputs[0].Shape == node.Shape:
            case Cast when node.Inputs[0].Type == node.Type:
            case Detach or RankCopy:
                return node.Inputs[0];
            case Reduce reduce when node.Inputs[0].Shape == node.Shape && node.Shape[AxisOf(reduce, node)] == 1L:
                return reduce.Function == ReduceFunction.Sum ? FromZero(node.Inputs[0], node.Label) : node.Inputs[0];
            case Reshape { To: var to } when node.Inputs[0].Op is Reshape:
                return Shorten(new Node(new Reshape(to), node.Inputs[0].Inputs.AsSpan(), node.Label));
            case Cast or Reshape or Permute or Slice when ConstantData(node.Inputs[0]) is not null && IsSmall(node):
            case Unary or Binary when node.Shape.Rank == 0 && node.Inputs.All(input => ConstantData(input) is not null):
                return Fold(node);
            case Unary or Binary when node.Type == DType.I32 && IsSmall(node)
                && node.Inputs.All(input => ConstantData(input) is not null):
                return Fold(node);
            case Reduce { Function: ReduceFunction.Sum } reduce when IsUnrolled(reduce, node.Inputs[0]):
                return Unroll(node.Inputs[0], AxisOf(reduce, node), node.Label);
            case Reduce reduce when IsLastButForOnes(reduce, node.Inputs[0].Shape):
                return ReduceLast(reduce, node);
            case Permute permute when Enumerable.Range(0, permute.Axes.Length).SequenceEqual(permute.Axes):
                return node.Inputs[0];
            case Permute permute when node.Inputs[0] is { Realized: null, Op: Permute before }:
                var axes = permute.Axes.Select(axis => before.Axes[axis]);
                return Shorten(new Node(new Permute([.. axes]), node.Inputs[0].Inputs.AsSpan(), node.Label));
            case Permute permute when KeepsOrder(permute, node.Inputs[0].Shape):
                return Shorten(new Node(new Reshape(node.Shape), node.Inputs.AsSpan(), node.Label));
            case Expand when IsStretched(node.Inputs[0]):
                return Shorten(new Node(node.Op, node.Inputs[0].Inputs.AsSpan(), node.Label));
            case Reshape or Permute or Slice when IsStretched(node.Inputs[0])
                && node.Inputs[0].Inputs[0] is { Realized: null, Op: Constant } number:
                return Shorten(new Node(new Expand(node.Shape), [number], node.Label));
            case Unary when IsStretched(node.Inputs[0]):
                return Merge(new Node(
                    new Expand(node.Shape), [Merge(Shorten(new Node(node.Op, node.Inputs[0].Inputs.AsSpan())))], node.Label));
            case Binary when IsRepeatedNumber(node.Inputs[0]) && IsRepeatedNumber(node.Inputs[1]) && node.Type != DType.Bool:
                var result = Shorten(new Node(node.Op, [NumberOf(node.Inputs[0]), NumberOf(node.Inputs[1])]));
                return Merge(new Node(new Expand(node.Shape), [Merge(result)]));
            case Binary or Select when node.Inputs.Any(input => IsStretched(input)):
                return WithoutStretching(node);
            case Concat when node.Inputs.Length == 1:
                return node.Inputs[0];
            case Concat concat when node.Inputs.Length > JoinedParts.MostParts:
                return JoinInTurns(concat, node);
            default:
                return Identities.Of(node) is { } simpler ? Shorten(simpler) : node;
        }
    }

    // The order of what has more than one element.
    private static bool KeepsOrder(Permute permute, Shape shape)
    {
        var moved = permute.Axes.Where(axis => shape[axis] != 1L);
        return moved.SequenceEqual(moved.Order());
    }

    private static Node NumberOf(Node node) => IsStretched(node) ? node.Inputs[0] : node;

    private static bool IsRepeatedNumber(Node node) => NumberOf(node) is { Realized: null, Op: Constant };

    private static bool IsStretched(Node node) => node is { Realized: null, Op: Expand };

    // Operands are stretched by whoever combines them, where another one has the result's sizes.
    private static Node WithoutStretching(Node node)
    {
        var inputs = node.Inputs.ToArray();
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!IsStretched(inputs[i])) continue;
            var stretched = inputs[i];
            inputs[i] = stretched.Inputs[0];
            if (new Node(node.Op, inputs).Shape != node.Shape) inputs[i] = stretched;
        }

        return new Node(node.Op, inputs, node.Label);
    }

    private static bool IsLastButForOnes(Reduce reduce, Shape shape)
    {
        var axis = Shape.AxisFromFront(reduce.Axis, shape.Rank);
        return axis < shape.Rank - 1 && shape[axis].IsConstant && shape.Skip(axis + 1).All(size => size == 1L);
    }

    private Node ReduceLast(Reduce reduce, Node node)
    {
        var rows = Shorten(new Node(new Reshape([.. node.Inputs[0].Shape.Take(AxisOf(reduce, node) + 1)]), node.Inputs.AsSpan()));
        var sum = Merge(new Node(reduce with { Axis = -1 }, [Merge(rows)], node.Label));
        return Shorten(new Node(new Reshape(node.Shape), [sum], node.Label));
    }

    private Node JoinInTurns(Concat concat, Node node)
    {
        var parts = node.Inputs.Chunk(JoinedParts.MostParts)
            .Select(some => some.Length == 1 ? some[0] : Merge(new Node(concat, some))).ToArray();
        return Shorten(new Node(concat, parts, node.Label));
    }

    private Node FoldIota(Node node)
    {
        const long Longest = 1 << 20;
        if (node.Shape[0] is not { IsConstant: true, Value: > 0 and <= Longest }) return node;
        if (!_counted.TryGetValue(node, out var folded)) _counted[node] = folded = Fold(node);
        return folded;
    }

    private static bool IsSmall(Node node) => node.Shape.IsConstant && node.Shape.Elements.Value <= 1 << 16;

    private static bool IsUnrolled(Reduce reduce, Node input)
    {
        var axis = AxisOf(reduce, input);
        return input.Type == DType.F32 && axis < input.Shape.Rank - 1
            && input.Shape[axis] is { IsConstant: true, Value: > 0 and <= LongestUnrolledSum };
    }

    private static int AxisOf(Reduce reduce, Node node) => Shape.AxisFromFront(reduce.Axis, node.Shape.Rank);

    private Node Unroll(Node input, int axis, string? label)
    {
        var count = input.Shape[axis].Value;
        var sum = FromZero(Part(0), count == 1 ? label : null);
        for (long i = 1; i < count; i++)
        {
            sum = Merge(new Node(new Binary(BinaryFunction.Add), [sum, Part(i)], i == count - 1 ? label : null));
        }

        return sum;

        Node Part(long index) => Merge(Shorten(new Node(new Slice(axis, index, 1), [input])));
    }

    // As every sum begins, so that one of minus zeros is zero.
    private Node FromZero(Node first, string? label) =>
        Merge(new Node(new Binary(BinaryFunction.Add), [first, Merge(new Node(new Constant(0, first.Type), []))], label));

    private static TensorData? ConstantData(Node node) => node switch
    {
        { Realized: { } data } => data,
        { Op: Weight weight } => weight.Data,
        { Op: Constant constant } => Compute(node),
        _ => null,
    };

    private static Node Fold(Node node)
    {
        TensorData data;
        try
        {
            data = Compute(node);
        }
        catch (Exception error) when (RunError.IsExpected(error))
        {
            return node; // whole numbers divided by zero, for one: an error of the run, which names the operation
        }

        // A number is better known as a number than as a place in memory.
        return node.Shape.Rank == 0 && node.Type == DType.F32
            ? new Node(new Constant(data.AsSpan<float>()[0], DType.F32), [], node.Label)
            : new Node(new Weight(data), [], node.Label);
    }

    private static TensorData Compute(Node node)
    {
        TensorData[] inputs = [.. node.Inputs.Select(input => ConstantData(input)!)];
        var sizes = node.Shape.Evaluate(new Dictionary<Symbol, long>());
        if (node.Op is Reshape) return inputs[0].View(sizes);
        var data = TensorData.Allocate(node.Type, sizes);
        new ReferenceBackend(threads: 1).Compute(node, inputs, data);
        return data;
    }

    private readonly struct NodeIdentity(Node node) : IEquatable<NodeIdentity>
    {
        private readonly Node _node = node;

        public bool Equals(NodeIdentity other) =>
            _node.Op.Equals(other._node.Op) && _node.Inputs.AsSpan().SequenceEqual(other._node.Inputs.AsSpan());

        public override bool Equals(object? obj) => obj is NodeIdentity other && Equals(other);

        public override int GetHashCode() => _node.Inputs.Aggregate(_node.Op.GetHashCode(), HashCode.Combine);
    }
}
