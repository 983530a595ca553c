using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>The places of the largest elements of each row.</summary>
internal sealed class TopKRegion(Node node, Value rows, Value output) : KernelRegion
{
    private readonly RowDomain _domain = RowDomain.Of(node.Inputs[0].Shape)!.Value;

    public override Dim Rows => _domain.Count;

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments => [new Slot.Address(rows), new Slot.Address(output)];

    public override Dim Operations => Rows * (_domain.Width * ((TopK)node.Op).Count);

    public override KernelSpecification Specification(long count) => new TopKRows((int)_domain.Width, ((TopK)node.Op).Count);
}
