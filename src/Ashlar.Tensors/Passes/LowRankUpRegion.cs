using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Passes;

/// <summary>Sums plus small rows times matrices of their own choice.</summary>
internal sealed class LowRankUpRegion(Node node, Value[] inputs, Value output) : KernelRegion
{
    private readonly long _width = node.Shape[1].Value;
    private readonly int _rank = (int)node.Inputs[1].Shape[1].Value;

    public override Dim Rows => node.Shape[0];

    public override Extent Range => new(node.Inputs[2].Shape[1]);

    public override IEnumerable<Slot> Arguments =>
        [.. inputs.Select(value => new Slot.Address(value)), new Slot.Count(Rows), new Slot.Address(output)];

    public override Dim Operations => Rows * (2 * _rank * _width);

    public override KernelSpecification Specification(long rows) => new LowRankUpPanels(_width, _rank);
}
