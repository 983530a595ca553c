using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>Some elements of each row.</summary>
internal sealed class GatherColumnsRegion(Node node, Value table, Value indices, Value output) : KernelRegion
{
    public override Dim Rows => node.Shape[0];

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(table), new Slot.Address(indices), new Slot.Address(output)];

    public override Dim Operations => node.Shape.Elements;

    public override KernelSpecification Specification(long count) =>
        new GatherColumns((int)node.Inputs[0].Shape[1].Value, (int)node.Shape[1].Value);
}
