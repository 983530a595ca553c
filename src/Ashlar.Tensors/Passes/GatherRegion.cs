using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>Rows of a table, chosen by indices; single numbers where it has one axis.</summary>
internal sealed class GatherRegion(Value table, Value indices, Value output) : KernelRegion
{
    private readonly long _width = table.Node.Shape.Rank == 1 ? 1 : table.Node.Shape[1].Value;

    public override Dim Rows { get; } = indices.Node.Shape.Elements;

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments => [new Slot.Address(table), new Slot.Address(indices), new Slot.Address(output)];

    public override Dim Operations => Rows * _width;

    public override KernelSpecification Specification(long rows) => new GatherRows(table.Node.Type, _width);
}
