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
        _shape.Heads, _shape.Size, (int)frequencies.Elements, _rotary.Layout, view.StrideOfRows(_shape.Heads * _shape.Size)!.Value);
}

/// <summary>A write of keys or values into the cache.</summary>
internal sealed class CacheRegion(Node store, Value cache, Value rows, View view, Value slots, bool isTransposed) : KernelRegion
{
    private readonly (int Heads, int Size) _shape = ((int)store.Shape[1].Value, (int)store.Shape[2].Value);

    public override Dim Rows => slots.Node.Shape[0];

    public override Extent Range => new(Rows);

    public override IEnumerable<Slot> Arguments =>
        [new Slot.Address(cache), new Slot.Address(rows, view.Offset * sizeof(float)), new Slot.Address(slots)];

    public override Dim Operations => Rows * ((long)_shape.Heads * _shape.Size);

    public override KernelSpecification Specification(long count) => new CacheStore(
        _shape.Heads, _shape.Size, store.Type, isTransposed, view.StrideOfRows((long)_shape.Heads * _shape.Size)!.Value);
}

/// <summary>Attention over the paged cache.</summary>
internal sealed class AttentionRegion(Node node, Value queries, View view, Value[] others, Value output) : KernelRegion
{
    private readonly Attention _attention = (Attention)node.Op;
    private readonly Shape _queries = node.Inputs[0].Shape;

    private Preparation.Items Items => new(
        others[2], others[3], (int)(_queries[1].Value / node.Inputs[1].Shape[1].Value), (int)node.Inputs[1].Shape[1].Value);

    public override Dim Rows => _queries[0];

    public override Extent Range => new(node.Inputs[1].Shape[1], Items);

    public override IEnumerable<Slot> Arguments =>
    [
        new Slot.Address(queries, view.Offset * sizeof(float)), .. others.Take(5).Select(value => new Slot.Address(value)),
        new Slot.Count(node.Inputs[5].Shape[1]), others.Length > 5 ? new Slot.Address(others[5]) : new Slot.Number(0),
        new Slot.Address(output), new Slot.Prepared(Items),
    ];

    // What the longest context would need is not known; a token sees at least itself.
    public override Dim Operations => Rows * (2 * _queries[1].Value * (_queries[2].Value + node.Shape[2].Value));

    public override KernelSpecification Specification(long rows) => new PagedAttention(new PagedAttentionShape(
        (int)_queries[1].Value, (int)node.Inputs[1].Shape[1].Value, (int)_queries[2].Value, (int)node.Shape[2].Value,
        _attention.BlockSize, node.Inputs[1].Type, (float)_attention.Scale, _attention.Window, (float)_attention.SoftCap,
        _attention.HasSinks, view.StrideOfRows(_queries[1].Value * _queries[2].Value)!.Value));
}
