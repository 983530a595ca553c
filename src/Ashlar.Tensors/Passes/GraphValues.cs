using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>The values of a graph that is being cut: where the elements of nodes lie, in the forms that regions read.</summary>
/// <param name="views">Which nodes lie in the memory of others.</param>
/// <param name="order">Who computes them.</param>
internal sealed class GraphValues(Views views, RegionOrder order)
{
    private readonly Dictionary<Node, Value> _ofNodes = []; // the elements as they are

    /// <summary>Every value, by number.</summary>
    public List<Value> All { get; } = [];

    /// <summary>The value that a node's elements lie in as they are; its producer writes it from now on.</summary>
    public Value Of(Node node)
    {
        var root = views[node].Root;
        if (_ofNodes.TryGetValue(root, out var value)) return value;
        value = New(root);
        if (order.ProducerOf(root) is RowRegion region) region.Write(root, value);
        return value;
    }

    /// <summary>The value of a node's elements as they are where there is one; nobody writes it yet where it is new.</summary>
    public Value New(Node node)
    {
        if (_ofNodes.TryGetValue(node, out var known)) return known;
        var storage = Lowering.ConstantData(node) is not null ? Storage.Fixed
            : node.Op is Input or State ? Storage.Bound
            : Storage.Arena;
        return _ofNodes[node] = Add(new Value(All.Count, node, RowForm.F32, null, storage));
    }

    /// <summary>
    /// A new value of a node's elements in a form that a product takes. It is made in each run, though the node's own elements
    /// may be given.
    /// </summary>
    public Value New(Node node, RowForm form, QuantizedRows? layout) =>
        Add(new Value(All.Count, node, form, layout, Storage.Arena));

    /// <summary>Whether a node's elements as they are have a value.</summary>
    public bool TryGet(Node node, out Value value) => _ofNodes.TryGetValue(node, out value!);

    /// <summary>Says that a node's elements lie in another's value: what a store leaves lies in its cache.</summary>
    public void Share(Node node, Value value) => _ofNodes[node] = value;

    private Value Add(Value value)
    {
        All.Add(value);
        return value;
    }
}
