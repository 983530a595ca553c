using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;
using AfterOp = Ashlar.Tensors.Operations.After;

namespace Ashlar.Tensors.Passes;

/// <summary>Elements in another order, a part of them, repeated, or as they are but later.</summary>
internal sealed class MovementRegion : KernelRegion
{
    private readonly Node _node;
    private readonly Value _source;
    private readonly Value _output;
    private readonly Dim _offset;
    private readonly List<Axis> _axes = [];

    public MovementRegion(Node node, Value source, Value output)
    {
        (_node, _source, _output) = (node, source, output);
        Dim[] from;
        var shape = node.Inputs[0].Shape;
        var strides = Strides(shape);
        switch (node.Op)
        {
            case Permute permute:
                from = [.. permute.Axes.Select(axis => strides[axis])];
                break;
            case Slice slice:
                from = strides;
                _offset = strides[Shape.AxisFromFront(slice.Axis, shape.Rank)] * slice.Start;
                break;
            case AfterOp:
                from = strides;
                break;
            default: // expand: axes are aligned from the last
                from = [.. Enumerable.Range(shape.Rank - node.Shape.Rank, node.Shape.Rank)
                    .Select(axis => axis < 0 || shape[axis] == 1L ? (Dim)0L : strides[axis])];
                break;
        }

        var to = Strides(node.Shape);
        for (var i = 0; i < to.Length; i++) Add(new Axis(node.Shape[i], from[i], to[i]));
        if (_axes.Count == 0) _axes.Add(new Axis(1, 1, 1));
    }

    public override Dim Rows => _axes[0].Size;

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
    [
        new Slot.Address(_source, _offset.IsConstant ? _offset.Value * _node.Type.BlockBytes : 0), new Slot.Address(_output),
        .. _axes.SelectMany(axis => (Slot[])
            [new Slot.Count(axis.Size), new Slot.Count(axis.Source), new Slot.Count(axis.Target)]),
    ];

    public override Dim Operations => _node.Shape.Elements;

    /// <summary>Whether a node moves elements in a way that a kernel can, and that cannot fail in a run.</summary>
    public static bool Takes(Node node)
    {
        if (node.Realized is not null || node.Op is not (Permute or Slice or Expand or AfterOp)) return false;
        if (node.Shape.Rank is 0 or > StridedCopy.MostAxes || node.Type.BlockBytes is not (1 or 2 or 4 or 8)) return false;
        if (node.Type == DType.Bool) return false; // which a kernel may have computed as a number
        if (node.Op is not Slice slice) return true;
        var shape = node.Inputs[0].Shape;
        var axis = Shape.AxisFromFront(slice.Axis, shape.Rank);
        return shape[axis].IsConstant && slice.Length.IsConstant && (Strides(shape)[axis] * slice.Start).IsConstant;
    }

    public override KernelSpecification Specification(long rows) => new StridedCopy(_axes.Count, (int)_node.Type.BlockBytes);

    // An axis that goes on where another ends is one with it.
    private void Add(Axis axis)
    {
        if (axis.Size == 1L) return;
        if (_axes is [.., var before] && before.Source == axis.Source * axis.Size && before.Target == axis.Target * axis.Size)
        {
            _axes[^1] = axis with { Size = before.Size * axis.Size };
            return;
        }

        _axes.Add(axis);
    }

    private static Dim[] Strides(Shape shape)
    {
        var strides = new Dim[shape.Rank];
        Dim stride = 1;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= shape[axis];
        }

        return strides;
    }

    private readonly record struct Axis(Dim Size, Dim Source, Dim Target);
}
