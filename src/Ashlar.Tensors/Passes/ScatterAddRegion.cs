using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>Rows added into a table of zeros.</summary>
internal sealed class ScatterAddRegion(Node node, Value rows, Value indices, Value output) : KernelRegion
{
    private readonly Dim _count = node.Inputs[1].Shape.Elements;

    public override Dim Rows => node.Shape[0];

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(rows), new Slot.Address(indices), new Slot.Address(output), new Slot.Count(_count)];

    public override Dim Operations => (Rows + _count) * WidthOf(node).Value;

    /// <summary>Whether a node is such a sum of rows of a constant width.</summary>
    public static bool Takes(Node node) => node is { Realized: null, Op: ScatterAdd, Type: DType.F32 }
        && WidthOf(node) is { IsConstant: true, Value: > 0 };

    public override KernelSpecification Specification(long rows) => new ScatterAddRows(WidthOf(node).Value);

    private static Dim WidthOf(Node node) => node.Shape.Skip(1).Aggregate((Dim)1L, (product, dim) => product * dim);
}
