using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>Sums or maxima along an axis that is not the last.</summary>
internal sealed class AxisReductionRegion : KernelRegion
{
    private readonly Value _input, _output;
    private readonly Dim _outer, _length;
    private readonly AxisReduction _specification;

    public AxisReductionRegion(Node node, Value input, Value output)
    {
        (_input, _output) = (input, output);
        var (shape, reduce) = (node.Inputs[0].Shape, (Reduce)node.Op);
        var axis = Shape.AxisFromFront(reduce.Axis, shape.Rank);
        (_outer, _length) = (Product(shape.Take(axis)), shape[axis]);
        _specification = new AxisReduction(reduce.Function == ReduceFunction.Sum, Product(shape.Skip(axis + 1)).Value);
    }

    public override Dim Rows => _outer * _specification.Chunks;

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(_input), new Slot.Address(_output), new Slot.Count(_length)];

    public override Dim Operations => _outer * _length * _specification.Inner;

    /// <summary>Whether a node is such a reduction, over columns of a constant number.</summary>
    public static bool Takes(Node node)
    {
        if (node is not { Realized: null, Op: Reduce reduce, Type: DType.F32 }) return false;
        var shape = node.Inputs[0].Shape;
        return Product(shape.Skip(Shape.AxisFromFront(reduce.Axis, shape.Rank) + 1)) is { IsConstant: true, Value: > 0 };
    }

    public override KernelSpecification Specification(long rows) => _specification;

    private static Dim Product(IEnumerable<Dim> sizes) => sizes.Aggregate((Dim)1L, (product, dim) => product * dim);
}
