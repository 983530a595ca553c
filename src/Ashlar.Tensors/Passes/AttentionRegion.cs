using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>Attention over the paged cache: the items with results, or the parts that go before them.</summary>
/// <param name="node">The node.</param>
/// <param name="queries">The value that the queries lie in.</param>
/// <param name="view">Where in it.</param>
/// <param name="others">The node's other inputs: keys, values, positions, sequences, block table, and sinks where there are any.
/// </param>
/// <param name="output">The weighted sums of values; null for the parts, which have none.</param>
/// <param name="parts">The parts that go before; null for themselves.</param>
internal sealed class AttentionRegion(
    Node node, Value queries, View view, Value[] others, Value? output, AttentionRegion? parts) : KernelRegion
{
    private int _memory;

    private readonly Attention _attention = (Attention)node.Op;
    private readonly Shape _queries = node.Inputs[0].Shape;

    /// <summary>The parts that go before; null for themselves.</summary>
    public AttentionRegion? Parts => parts;

    /// <summary>The number of the memory in which parts leave states for items; attentions in turn may share one.</summary>
    public int Memory
    {
        get => parts?.Memory ?? _memory;
        set => _memory = value;
    }

    public override Dim Rows => _queries[0];

    public override Extent Range => new(node.Inputs[1].Shape[1], List);

    public override IEnumerable<Slot> Arguments =>
    [
        new Slot.Address(queries, view.Offset * sizeof(float)), .. others.Take(5).Select(value => new Slot.Address(value)),
        new Slot.Count(node.Inputs[5].Shape[1]), others.Length > 5 ? new Slot.Address(others[5]) : new Slot.Number(0),
        output is null ? new Slot.Number(0) : new Slot.Address(output), new Slot.Prepared(List),
        new Slot.Prepared(new Preparation.ListOf(Items, ItemList.Tokens)),
        new Slot.Prepared(new Preparation.ListOf(Items, ItemList.FirstStates)),
        new Slot.Prepared(new Preparation.States(Items, Kernel.StateFloats * Kernel.Heads * sizeof(float), Memory)),
    ];

    // What the longest context would need is not known; a token sees at least itself.
    public override Dim Operations => Rows * (2 * _queries[1].Value * (_queries[2].Value + node.Shape[2].Value));

    public override KernelSpecification Specification(long rows) => new PagedAttention(Kernel);

    private PagedAttentionShape Kernel => new(
        (int)_queries[1].Value, (int)node.Inputs[1].Shape[1].Value, (int)_queries[2].Value, (int)node.Shape[2].Value,
        _attention.BlockSize, node.Inputs[1].Type, node.Inputs[2].Type, (float)_attention.Scale, _attention.Window,
        (float)_attention.SoftCap, _attention.HasSinks, view.StrideOfRows(_queries[1].Value * _queries[2].Value)!.Value);

    private Preparation.Items Items => new(
        others[2], others[3], others[4],
        new ItemShape(Kernel.Heads / Kernel.KeyHeads, Kernel.KeyHeads, _attention.BlockSize, _attention.Window));

    private Preparation.ListOf List => new(Items, parts is null ? ItemList.Parts : ItemList.Items);
}
