using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>Rotary embedding of some heads.</summary>
/// <param name="node">The node.</param>
/// <param name="heads">The value that the heads lie in.</param>
/// <param name="view">Where in it.</param>
/// <param name="positions">The tokens' positions.</param>
/// <param name="frequencies">The frequencies, constant.</param>
/// <param name="output">The turned heads.</param>
internal sealed class RotaryRegion(
    Node node, Value heads, View view, Value positions, TensorData frequencies, Value output) : KernelRegion
{
    private readonly Rotary _rotary = (Rotary)node.Op;
    private readonly (int Heads, int Size) _shape = ((int)node.Shape[1].Value, (int)node.Shape[2].Value);

    public override Dim Rows => node.Shape[0];

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
    [
        new Slot.Address(heads, view.Offset * sizeof(float)), new Slot.Address(output), new Slot.Address(positions),
        new Slot.Prepared(new Preparation.Angles(frequencies, _rotary.Magnitude, positions)),
    ];

    public override Dim Operations => Rows * (6L * _shape.Heads * frequencies.Elements);

    public override KernelSpecification Specification(long rows) => new RotaryRows(
        _shape.Heads, _shape.Size, (int)frequencies.Elements, _rotary.Layout,
        view.StrideOfRows(_shape.Heads * _shape.Size)!.Value);
}
