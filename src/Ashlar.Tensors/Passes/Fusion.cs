using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Cuts a graph into regions. In turns: every element-wise operation and reduction that can be computed joins a region with its
/// producers, or begins one; then everything else that can be computed becomes regions of its own. So the products that share
/// their rows (queries, keys and values; gate and up) come to be of one level and run at once, and what follows them fuses.
/// </summary>
internal sealed class Fusion
{
    // More steps than any layer's chain has; a longer chain is cut so that code and registers stay bounded.
    private const int MostSteps = 96;

    private readonly InstructionSet _set;
    private readonly Views _views;
    private readonly Lowering _lowering;
    private readonly Dictionary<Node, Value> _values = []; // the elements as they are
    private readonly Dictionary<(Node Node, RowForm Form, long Width), Value> _forms = []; // and as products take them
    private readonly Dictionary<Node, Region> _producers = [];
    private readonly Dictionary<Value, Region> _writers = []; // of values that are not their node's own
    private readonly Dictionary<(Value Groups, int Experts), (Value Starts, Value Order)> _orders = [];
    private readonly HashSet<Region> _needed = []; // by other regions
    private readonly Dictionary<(Node Node, long Width), QuantizedRows> _layouts = [];

    private Fusion(Graph graph, InstructionSet set)
    {
        _set = set;
        (_views, _lowering) = Lowering.Of(graph);
        FindLayouts(graph);
    }

    /// <summary>The regions, in an order in which they can run.</summary>
    public List<Region> Regions { get; } = [];

    /// <summary>Every value, by number.</summary>
    public List<Value> Values { get; } = [];

    /// <summary>Indices that a run must check before any kernel uses them.</summary>
    public List<IndexCheck> Checks { get; } = [];

    /// <summary>The values that the graph's outputs lie in.</summary>
    public List<Value> Outputs { get; } = [];

    /// <summary>Cuts a graph.</summary>
    public static Fusion Of(Graph graph, InstructionSet set)
    {
        var fusion = new Fusion(graph, set);
        fusion.Cut(graph);
        foreach (var output in graph.Outputs)
        {
            var value = fusion.ValueOf(output);
            if (value.Storage == Storage.Arena) value.Storage = Storage.Output;
            fusion.Outputs.Add(value);
        }

        fusion.Finish();
        return fusion;
    }

    private void Cut(Graph graph)
    {
        var needed = Needed(graph);
        var pending = graph.Nodes
            .Where(node => needed.Contains(node) && node is { Realized: null, Op: not (Input or State or Weight) }
                && !_views.IsView(node)
                && !(node.Op is Constant && node.Type == DType.F32 && !graph.Outputs.Contains(node) && IsOnlyRead(node)))
            .ToList();
        while (pending.Count > 0)
        {
            var rest = new List<Node>();
            foreach (var node in pending)
            {
                if (_lowering.IsRow(node) && _lowering.InputsOf(node).All(IsDone)) Join(node);
                else rest.Add(node);
            }

            var ready = rest.Where(node => _lowering.InputsOf(node).All(IsDone)).ToHashSet();
            foreach (var node in rest.Where(ready.Contains)) Begin(node);
            pending = [.. rest.Where(node => !ready.Contains(node))];
        }
    }

    // What kernels read, from the outputs on: not what was only on the way to it, such as rows repeated for their experts.
    private HashSet<Node> Needed(Graph graph)
    {
        var needed = graph.Outputs.ToHashSet();
        foreach (var node in graph.Nodes.Reverse().Where(needed.Contains))
        {
            if (node.Realized is null) needed.UnionWith(_lowering.InputsOf(node));
        }

        return needed;
    }

    // Numbers are written into programs, not into memory.
    private bool IsOnlyRead(Node constant) => _views.UsersOf(constant).All(_lowering.IsRow);

    private bool IsDone(Node node)
    {
        var root = _views[node].Root;
        return _producers.ContainsKey(root) || root.Realized is not null || root.Op is Input or State or Weight
            || (root.Op is Constant && root.Type == DType.F32 && IsOnlyRead(root));
    }

    private void Join(Node node)
    {
        var rows = node.Op is Reduce ? RowDomain.Of(node.Inputs[0].Shape)!.Value : RowDomain.Of(node.Shape)!.Value;
        var before = node.Inputs.Select(ProducerOf).OfType<Region>().Distinct().ToArray();
        var region = before.OfType<RowRegion>()
            .Where(candidate => candidate.Takes(rows) && candidate.Nodes.Count < MostSteps && CanJoin(node, candidate, before))
            .MaxBy(candidate => candidate.Level);
        if (region is null)
        {
            region = new RowRegion(rows);
            Register(region);
        }

        var operands = node.Inputs.Select(input => Operand(region, input, node)).ToArray();
        region.Add(node, rows, operands);
        _producers[node] = region;
    }

    // The node's other operands must be there before the region runs, and none of them may have waited for it.
    private bool CanJoin(Node node, RowRegion region, Region[] before)
    {
        foreach (var producer in before)
        {
            if (producer == region || producer.Level < region.Level) continue;
            if (_needed.Contains(region)) return false;
        }

        // What the region computes it has in registers, but not as other rows.
        return node.Inputs.All(input => ProducerOf(input) != region
            || (!_views.IsView(input) && RowDomain.Of(input.Shape) is { } own && own.Count == region.Domain.Count));
    }

    private int Operand(RowRegion region, Node input, Node node)
    {
        if (input is { Realized: null, Op: Constant constant }) return region.Number((float)constant.Value);
        if (!_views.IsView(input) && region.Has(input)) return region.StepOf(input);
        var shape = node.Op is Reduce ? input.Shape : node.Shape;
        var view = _views[input];
        var value = ValueOf(view.Root);
        Require(region, view.Root);
        return region.Read(value, view.Offset, RowMapping.Of(input.Shape, shape, view)!);
    }

    private void Begin(Node node)
    {
        if (_lowering.IsMatMul(node)) BeginMatMul(node);
        else if (_lowering.IsGather(node)) BeginGather(node);
        else if (Lowering.IsRotary(node)) BeginRotary(node);
        else if (_lowering.IsTopK(node)) BeginTopK(node);
        else if (_lowering.IsGatherColumns(node)) BeginGatherColumns(node);
        else if (_lowering.IsGroupedMatMul(node)) BeginGroupedMatMul(node);
        else if (MovementRegion.Takes(node)) BeginMovement(node);
        else if (_lowering.IsPaged(node) && node.Op is Store) BeginStore(node);
        else if (_lowering.IsPaged(node)) BeginAttention(node);
        else BeginReference(node);
    }

    private void BeginMatMul(Node node)
    {
        var data = Lowering.ConstantData(node.Inputs[1])!;
        var matrix = new WeightMatrix(data, data.Type, data.Sizes[1], data.Sizes[0]);
        var form = PackedMatrices.RowsOf(data.Type, _set);
        var left = form == RowForm.F32 ? ValueOf(node.Inputs[0]) : FormOf(node.Inputs[0], form);
        Place(new MatMulRegion(matrix, left, NewValue(node)), node, left);
    }

    private void BeginGather(Node node)
    {
        var (table, indices) = (ValueOf(node.Inputs[0]), ValueOf(node.Inputs[1]));
        if (indices.Storage == Storage.Bound) Checks.Add(new IndexCheck(node, indices, node.Inputs[0].Shape[0]));
        Place(new GatherRegion(table, indices, NewValue(node)), node, table, indices);
    }

    private void BeginTopK(Node node)
    {
        var rows = ValueOf(node.Inputs[0]);
        Place(new TopKRegion(node, rows, NewValue(node)), node, rows);
    }

    private void BeginGatherColumns(Node node)
    {
        var (table, indices) = (ValueOf(node.Inputs[0]), ValueOf(node.Inputs[1]));
        Place(new GatherColumnsRegion(node, table, indices, NewValue(node)), node, table, indices);
    }

    private void BeginMovement(Node node)
    {
        var source = ValueOf(node.Inputs[0]);
        Place(new MovementRegion(node, source, NewValue(node)), node, source);
    }

    private void BeginGroupedMatMul(Node node)
    {
        var data = Lowering.ConstantData(node.Inputs[1])!;
        var matrix = new WeightMatrix(data, data.Type, data.Sizes[2], data.Sizes[1], checked((int)data.Sizes[0]));
        var (rows, times) = Lowering.RepeatedRows(node.Inputs[0]);
        var form = PackedMatrices.RowsOf(data.Type, _set);
        var left = form == RowForm.F32 ? ValueOf(rows) : FormOf(rows, form);
        var groups = ValueOf(node.Inputs[2]);
        if (!_orders.TryGetValue((groups, matrix.Matrices), out var sorted))
        {
            // The two lists belong to no node of the graph.
            sorted = (NewValue(new Node(new Iota(matrix.Matrices + 1), [])), NewValue(new Node(new Iota(node.Shape[0]), [])));
            var order = new ExpertOrderRegion(matrix.Matrices, groups, sorted.Starts, sorted.Order);
            Place(order, sorted.Starts.Node, groups);
            order.Writes.Add(sorted.Order);
            _producers[sorted.Order.Node] = order;
            _orders[(groups, matrix.Matrices)] = sorted;
        }

        var region = new GroupedMatMulRegion(matrix, left, times, sorted.Starts, sorted.Order, NewValue(node));
        Place(region, node, left, sorted.Starts, sorted.Order);
    }

    private void BeginRotary(Node node)
    {
        var view = _views[node.Inputs[0]];
        var (heads, positions) = (ValueOf(view.Root), ValueOf(node.Inputs[1]));
        var frequencies = Lowering.ConstantData(node.Inputs[2])!;
        Place(new RotaryRegion(node, heads, view, positions, frequencies, NewValue(node)), node, heads, positions);
    }

    private void BeginStore(Node node)
    {
        var view = _views[node.Inputs[1]];
        var (cache, rows, slots) = (ValueOf(node.Inputs[0]), ValueOf(view.Root), ValueOf(node.Inputs[2]));
        var isKeys = _views.UsersOf(node).Any(user => user.Inputs[1] == node);
        Checks.Add(new IndexCheck(node, slots, node.Shape[0]));
        _values[node] = cache;
        Place(new CacheRegion(node, cache, rows, view, slots, isKeys), node, cache, rows, slots);
    }

    private void BeginAttention(Node node)
    {
        var view = _views[node.Inputs[0]];
        var queries = ValueOf(view.Root);
        var others = node.Inputs.Skip(1).Select(ValueOf).ToArray();
        var parts = new AttentionRegion(node, queries, view, others, null, null);
        Place(parts, node, [queries, .. others]);
        foreach (var store in node.Inputs.Skip(1).Take(2)) Require(parts, store);
        var region = new AttentionRegion(node, queries, view, others, NewValue(node), parts);
        Place(region, node, [queries, .. others]);
        Require(region, parts);
    }

    private void BeginReference(Node node)
    {
        var region = new ReferenceRegion();
        region.Operands.AddRange(node.Inputs.Select(ValueOf));
        if (node.Op is Store) _values[node] = region.Operands[0];
        Place(region, node, [.. region.Operands]);
        foreach (var input in node.Inputs) Require(region, _views[input].Root);
        if (node.Op is not Store) region.Writes.Add(NewValue(node));
    }

    private void Place(Region region, Node node, params ReadOnlySpan<Value> reads)
    {
        region.Nodes.Add(node);
        Register(region);
        foreach (var value in reads)
        {
            if (value.Storage != Storage.Fixed) region.Reads.Add(value);
            Require(region, value.Node);
            if (_writers.TryGetValue(value, out var writer)) Require(region, writer);
        }

        if (_values.TryGetValue(node, out var output) && region is KernelRegion && node.Op is not Store)
        {
            region.Writes.Add(output);
        }

        _producers[node] = region;
    }

    /// <summary>The value of a node in another form, written by its producer where that is a row program.</summary>
    private Value FormOf(Node node, RowForm form)
    {
        var root = _views[node].Root;
        var width = node.Shape[^1].Value;
        var layout = form == RowForm.Q8 ? _layouts[(root, width)] : null;
        if (_producers.GetValueOrDefault(root) is RowRegion region && RowDomain.Of(root.Shape)!.Value.Width == width)
        {
            if (_forms.TryGetValue((root, form, width), out var known)) return known;
            _forms[(root, form, width)] = known = NewValue(root, form, layout);
            region.Write(root, known);
            return known;
        }

        if (_forms.TryGetValue((root, form, width), out var converted)) return converted;
        var conversion = new RowRegion(RowDomain.Of(node.Shape)!.Value);
        Register(conversion);
        Require(conversion, root);
        conversion.Pass(node, conversion.Read(ValueOf(root), 0, new RowInput(false, width)));
        conversion.Nodes.Add(node);
        _forms[(root, form, width)] = converted = NewValue(node, form, layout);
        conversion.Write(node, converted);
        _writers[converted] = conversion;
        return converted;
    }

    /// <summary>The value that a node's elements lie in as they are; its producer writes it from now on.</summary>
    private Value ValueOf(Node node)
    {
        var root = _views[node].Root;
        if (_values.TryGetValue(root, out var value)) return value;
        value = NewValue(root);
        if (_producers.GetValueOrDefault(root) is RowRegion region) region.Write(root, value);
        return value;
    }

    private Value NewValue(Node node, RowForm form = RowForm.F32, QuantizedRows? layout = null)
    {
        if (form == RowForm.F32 && _values.TryGetValue(node, out var known)) return known;
        // The form that a product takes is made in each run, though the node's own elements are given.
        var storage = form != RowForm.F32 ? Storage.Arena
            : Lowering.ConstantData(node) is not null ? Storage.Fixed
            : node.Op is Input or State ? Storage.Bound
            : Storage.Arena;
        var value = new Value(Values.Count, node, form, layout, storage);
        Values.Add(value);
        if (form == RowForm.F32) _values[node] = value;
        return value;
    }

    private Region? ProducerOf(Node node) => _producers.GetValueOrDefault(_views[node].Root);

    private void Require(Region region, Node node)
    {
        if (ProducerOf(node) is { } producer && producer != region) Require(region, producer);
    }

    private void Require(Region region, Region producer)
    {
        region.After.Add(producer);
        _needed.Add(producer);
        region.Level = Math.Max(region.Level, producer.Level + 1);
    }

    private void Register(Region region) => Regions.Add(region);

    // What forms the rows of each product take: all products with one left operand read the same quantized rows.
    private void FindLayouts(Graph graph)
    {
        var biases = new Dictionary<(Node, long), List<Bias>>();
        foreach (var node in graph.Nodes)
        {
            var rows = _lowering.IsMatMul(node) ? node.Inputs[0]
                : _lowering.IsGroupedMatMul(node) ? Lowering.RepeatedRows(node.Inputs[0]).Rows
                : null;
            if (rows is null) continue;
            var type = Lowering.ConstantData(node.Inputs[1])!.Type;
            if (PackedMatrices.RowsOf(type, _set) != RowForm.Q8) continue;
            var (root, width) = (_views[rows].Root, rows.Shape[^1].Value);
            if (!biases.TryGetValue((root, width), out var needed)) biases[(root, width)] = needed = [];
            if (PackedMatrices.BiasOf(type) is { } bias && !needed.Contains(bias)) needed.Add(bias);
            _layouts[(root, width)] = new QuantizedRows(width, [.. needed]);
        }
    }

    // Levels, once nothing more joins; and from when to when each value is needed.
    private void Finish()
    {
        SetLevels();
        Regions.Sort((left, right) => left.Level.CompareTo(right.Level));
        foreach (var region in Regions)
        {
            foreach (var value in region.Writes)
            {
                (value.FirstLevel, value.LastLevel) = (region.Level, Math.Max(value.LastLevel, region.Level));
            }

            foreach (var value in region.Reads) value.LastLevel = Math.Max(value.LastLevel, region.Level);
        }

        // Of each memory for states, until when it is in use.
        var memories = new List<int>();
        foreach (var attention in Regions.OfType<AttentionRegion>().Where(region => region.Parts is not null))
        {
            var memory = memories.FindIndex(level => level < attention.Parts!.Level);
            if (memory < 0) memories.Add(0);
            attention.Parts!.Memory = memory = memory < 0 ? memories.Count - 1 : memory;
            memories[memory] = attention.Level;
        }
    }

    // As soon as everything before has ended. A graph may be deeper than a thread's stack.
    private void SetLevels()
    {
        var waiting = Regions.ToDictionary(region => region, region => region.After.Count);
        var users = Regions.SelectMany(region => region.After.Select(before => (before, region)))
            .ToLookup(pair => pair.before, pair => pair.region);
        var ready = new Queue<Region>(Regions.Where(region => region.After.Count == 0));
        foreach (var region in Regions) region.Level = 0;
        while (ready.TryDequeue(out var region))
        {
            foreach (var user in users[region])
            {
                user.Level = Math.Max(user.Level, region.Level + 1);
                if (--waiting[user] == 0) ready.Enqueue(user);
            }
        }
    }
}
