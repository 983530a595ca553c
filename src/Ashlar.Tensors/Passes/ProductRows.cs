using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// The rows that products take, in the form that their weights ask for: written by the region that computes the rows where that
/// is a row program, else converted by a region of its own.
/// </summary>
internal sealed class ProductRows
{
    private readonly InstructionSet _set;
    private readonly Views _views;
    private readonly RegionOrder _order;
    private readonly GraphValues _values;
    private readonly Dictionary<(Node Node, long Width), QuantizedRows> _layouts;
    private readonly Dictionary<(Node Node, RowForm Form, long Width), Value> _forms = [];
    private readonly Dictionary<Value, Region> _conversions = [];

    public ProductRows(
        Graph graph, InstructionSet set, Views views, Lowering lowering, RegionOrder order, GraphValues values)
    {
        (_set, _views, _order, _values) = (set, views, order, values);
        _layouts = Layouts(graph, set, views, lowering);
    }

    /// <summary>The rows of a product with weights of a type.</summary>
    public Value Of(Node rows, DType weights)
    {
        var form = PackedMatrices.RowsOf(weights, _set);
        return Of(rows, form);
    }

    /// <summary>Rows in a form, Q8 only for products with weights.</summary>
    public Value Of(Node rows, RowForm form) => form == RowForm.F32 ? _values.Of(rows) : FormOf(rows, form);

    /// <summary>The region that converted rows to this value, where one did.</summary>
    public Region? ConversionOf(Value value) => _conversions.GetValueOrDefault(value);

    // All products of the same rows read the same quantized ones, which have the biases that any of them needs.
    private static Dictionary<(Node Node, long Width), QuantizedRows> Layouts(
        Graph graph, InstructionSet set, Views views, Lowering lowering)
    {
        var biases = new Dictionary<(Node Node, long Width), List<Bias>>();
        foreach (var node in graph.Nodes)
        {
            var rows = lowering.IsMatMul(node) ? node.Inputs[0]
                : lowering.IsGroupedMatMul(node) ? Lowering.RepeatedRows(node.Inputs[0]).Rows
                : null;
            if (rows is null) continue;
            var type = Lowering.ConstantData(node.Inputs[1])!.Type;
            if (PackedMatrices.RowsOf(type, set) != RowForm.Q8) continue;
            var key = (views[rows].Root, rows.Shape[^1].Value);
            if (!biases.TryGetValue(key, out var needed)) biases[key] = needed = [];
            if (PackedMatrices.BiasOf(type) is { } bias && !needed.Contains(bias)) needed.Add(bias);
        }

        return biases.ToDictionary(pair => pair.Key, pair => new QuantizedRows(pair.Key.Width, [.. pair.Value]));
    }

    private Value FormOf(Node node, RowForm form)
    {
        var (root, width) = (_views[node].Root, node.Shape[^1].Value);
        if (_forms.TryGetValue((root, form, width), out var known)) return known;
        var layout = form == RowForm.Q8 ? _layouts[(root, width)] : null;
        return _forms[(root, form, width)] =
            _order.ProducerOf(root) is RowRegion region && RowDomain.Of(root.Shape)!.Value.Width == width
                ? Written(root, region, form, layout)
                : Converted(node, form, layout);
    }

    private Value Written(Node root, RowRegion region, RowForm form, QuantizedRows? layout)
    {
        var value = _values.New(root, form, layout);
        region.Write(root, value);
        return value;
    }

    private Value Converted(Node node, RowForm form, QuantizedRows? layout)
    {
        var (root, domain) = (_views[node].Root, RowDomain.Of(node.Shape)!.Value);
        var conversion = new RowRegion(domain);
        _order.Add(conversion);
        _order.Require(conversion, root);
        conversion.Pass(node, conversion.Read(_values.Of(root), 0, new RowInput(false, domain.Width)));
        conversion.Nodes.Add(node);
        var value = _values.New(node, form, layout);
        conversion.Write(node, value);
        _conversions[value] = conversion;
        return value;
    }
}
