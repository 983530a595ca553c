using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Sharding;

/// <summary>How values change between whole and cut on one rank. What was changed once is used again.</summary>
internal sealed class Parts(RankGroup ranks)
{
    private readonly Dictionary<Node, Node> _copies = [], _wholes = [];

    /// <summary>How many ranks there are.</summary>
    public int Count => ranks.Count;

    /// <summary>All of a value: what is cut is put together from the ranks.</summary>
    public Part Whole(Part part)
    {
        if (!part.IsCut) return part;
        if (_wholes.TryGetValue(part.Node, out var known)) return new Part(known);
        // Every rank adds its part to zeros in the others' places: a sum has the bits of the one number that is not zero.
        var own = new Tensor(part.Node);
        var (size, type) = (part.Node.Shape[part.Axis], own.Type);
        var value = type is DType.F32 or DType.F64 ? own : own.Cast(DType.F32);
        var pieces = new List<Tensor>();
        if (ranks.Rank > 0) pieces.Add(Zeros(ranks.Rank));
        pieces.Add(value);
        if (ranks.Rank < ranks.Count - 1) pieces.Add(Zeros(ranks.Count - 1 - ranks.Rank));
        var whole = new Tensor(Sum(Tensor.Concat(part.Axis, [.. pieces]).Node)).Cast(type).Node;
        return new Part(_wholes[part.Node] = whole);

        Tensor Zeros(int parts) =>
            Tensor.Scalar(0, value.Type).Expand(value.Shape.With(part.Axis, size * parts));
    }

    /// <summary>A whole value that the ranks go on with, each with a part of the work.</summary>
    public Node Copy(Node whole)
    {
        if (!whole.Type.IsFloat || whole.Op is Constant) return whole;
        if (!_copies.TryGetValue(whole, out var copy))
        {
            _copies[whole] = copy = new Node(new RankCopy(ranks.Exchange), [whole]);
        }

        return copy;
    }

    /// <summary>The rank's part of a whole value.</summary>
    public Node Cut(Node whole, int axis)
    {
        var part = whole.Shape[axis].Value / ranks.Count;
        return new Node(new Slice(axis, ranks.Rank * part, part), [Copy(whole)]);
    }

    /// <summary>The sum of the ranks' values.</summary>
    public Node Sum(Node value) => new(new RankSum(ranks.Exchange), [value]);
}
