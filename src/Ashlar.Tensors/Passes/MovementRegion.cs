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
    private readonly Dim[] _strides; // of the source, for each axis of the result

    public MovementRegion(Node node, Value source, Value output)
    {
        (_node, _source, _output) = (node, source, output);
        var shape = node.Inputs[0].Shape;
        var strides = Strides(shape);
        switch (node.Op)
        {
            case Permute permute:
                _strides = [.. permute.Axes.Select(axis => strides[axis])];
                break;
            case Slice slice:
                _strides = strides;
                _offset = strides[Shape.AxisFromFront(slice.Axis, shape.Rank)] * slice.Start;
                break;
            case AfterOp:
                _strides = strides;
                break;
            default: // expand: axes are aligned from the last
                _strides = [.. Enumerable.Range(shape.Rank - node.Shape.Rank, node.Shape.Rank)
                    .Select(axis => axis < 0 || shape[axis] == 1L ? (Dim)0L : strides[axis])];
                break;
        }
    }

    public override Dim Rows => _node.Shape[0];

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments
    {
        get
        {
            var target = Strides(_node.Shape);
            return
            [
                new Slot.Address(_source, _offset.IsConstant ? _offset.Value * _node.Type.BlockBytes : 0),
                new Slot.Address(_output),
                .. Enumerable.Range(0, _node.Shape.Rank).SelectMany(axis => (Slot[])
                    [new Slot.Count(_node.Shape[axis]), new Slot.Count(_strides[axis]), new Slot.Count(target[axis])]),
            ];
        }
    }

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

    public override KernelSpecification Specification(long rows) => new StridedCopy(_node.Shape.Rank, (int)_node.Type.BlockBytes);

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
}
