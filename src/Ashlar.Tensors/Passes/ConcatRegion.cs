using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>Tensors joined along an axis.</summary>
internal sealed class ConcatRegion(Node node, Value[] parts, Value output) : KernelRegion
{
    public override Dim Rows => node.Shape.Elements;

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
    [
        new Slot.Address(output),
        .. parts.Zip(node.Inputs, (part, input) => (Slot[])[new Slot.Address(part), new Slot.Count(RowOf(input))])
            .SelectMany(slots => slots),
    ];

    public override Dim Operations => node.Shape.Elements;

    /// <summary>Whether a node joins tensors that are few enough for a kernel.</summary>
    public static bool Takes(Node node) => node is { Realized: null, Op: Concat, Inputs.Length: <= JoinedParts.MostParts }
        && node.Type.BlockBytes is 1 or 2 or 4 or 8 && node.Type != DType.Bool;

    public override KernelSpecification Specification(long rows) => new JoinedParts(parts.Length, (int)node.Type.BlockBytes);

    private Dim RowOf(Node input) => input.Shape.Skip(Shape.AxisFromFront(((Concat)node.Op).Axis, node.Shape.Rank))
        .Aggregate((Dim)1L, (product, dim) => product * dim);
}
