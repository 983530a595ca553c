using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;
using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Makes the regions of nodes that fuse with nothing: products, gathers, attention and the like, one region each. What no kernel
/// computes is the reference backend's.
/// </summary>
internal sealed class SingleRegions(
    InstructionSet set, Views views, Lowering lowering, RegionOrder order, GraphValues values, ProductRows products)
{
    private ComputedProducts? _computed;

    private readonly Dictionary<(Value Groups, int Experts), (Value Starts, Value Order)> _expertOrders = [];

    private readonly Dictionary<TensorData, WeightMatrix> _matrices = []; // of products with rows

    /// <summary>Indices that a run must check before any kernel uses them.</summary>
    public List<IndexCheck> Checks { get; } = [];

    private ComputedProducts Computed =>
        _computed ??= new(set, values, products, (region, node, reads) => Place(region, node, reads));

    /// <summary>Which matrices will lie packed: rows of theirs are gathered from there.</summary>
    public void LearnMatrices(IEnumerable<Node> nodes)
    {
        foreach (var node in nodes.Where(lowering.IsMatMul)) _matrices[MatrixOf(node).Data] = MatrixOf(node);
    }

    /// <summary>Makes the region of a node whose inputs are computed.</summary>
    public void Begin(Node node)
    {
        if (lowering.IsMatMul(node)) BeginMatMul(node);
        else if (lowering.ProductOf(node) is { } product) Computed.Begin(node, product);
        else if (lowering.AddedProductOf(node) is { } added) BeginSum(node, added);
        else if (lowering.IsGather(node)) BeginGather(node);
        else if (Lowering.IsRotary(node)) BeginRotary(node);
        else if (lowering.IsTopK(node)) BeginTopK(node);
        else if (lowering.IsGatherColumns(node)) BeginGatherColumns(node);
        else if (lowering.IsGroupedMatMul(node)) BeginGroupedMatMul(node);
        else if (lowering.IsLowRank(node)) BeginLowRank(node);
        else if (lowering.IsAxisReduction(node)) BeginAxisReduction(node);
        else if (lowering.IsScatterAdd(node)) BeginScatterAdd(node);
        else if (lowering.IsConcat(node)) BeginConcat(node);
        else if (FillRegion.Takes(node)) Place(new FillRegion(node, values.New(node)), node);
        else if (MovementRegion.Takes(node)) BeginMovement(node);
        else if (lowering.IsPaged(node) && node.Op is Store) BeginStore(node);
        else if (lowering.IsPaged(node)) BeginAttention(node);
        else BeginReference(node);
    }

    private void BeginMatMul(Node node)
    {
        var matrix = MatrixOf(node);
        var left = products.Of(node.Inputs[0], matrix.Type);
        Place(new MatMulRegion(matrix, left, values.New(node)), node, left);
    }

    private void BeginSum(Node node, Node added)
    {
        var before = node.Inputs[added == node.Inputs[0] ? 1 : 0];
        var sum = values.Of(before);
        values.Share(node, sum);
        order.SetProducer(sum.Node, Computed.Begin(node, lowering.ProductOf(added)!, sum));
    }

    private static WeightMatrix MatrixOf(Node product)
    {
        var data = Lowering.ConstantData(product.Inputs[1])!;
        return new WeightMatrix(data, data.Type, data.Sizes[1], data.Sizes[0]);
    }

    private void BeginGather(Node node)
    {
        var indices = values.Of(node.Inputs[1]);
        if (indices.Storage == Storage.Bound) Checks.Add(new IndexCheck(node, indices, node.Inputs[0].Shape[0]));
        if (Lowering.ConstantData(node.Inputs[0]) is { } data && _matrices.TryGetValue(data, out var matrix)
            && PackedMatrices.KeepsNumbers(matrix.Type))
        {
            Place(new PackedGatherRegion(matrix, indices, values.New(node)), node, indices);
            return;
        }

        var table = values.Of(node.Inputs[0]);
        Place(new GatherRegion(table, indices, values.New(node)), node, table, indices);
    }

    private void BeginTopK(Node node)
    {
        var rows = values.Of(node.Inputs[0]);
        Place(new TopKRegion(node, rows, values.New(node)), node, rows);
    }

    private void BeginGatherColumns(Node node)
    {
        var (table, indices) = (values.Of(node.Inputs[0]), values.Of(node.Inputs[1]));
        Place(new GatherColumnsRegion(node, table, indices, values.New(node)), node, table, indices);
    }

    private void BeginMovement(Node node)
    {
        var source = values.Of(node.Inputs[0]);
        var region = new MovementRegion(node, source, values.New(node));
        Place(region, node, source);
        if (node.Op is After) order.Require(region, node.Inputs[1]);
    }

    private void BeginAxisReduction(Node node)
    {
        var input = values.Of(node.Inputs[0]);
        Place(new AxisReductionRegion(node, input, values.New(node)), node, input);
    }

    private void BeginScatterAdd(Node node)
    {
        var (rows, indices) = (values.Of(node.Inputs[0]), values.Of(node.Inputs[1]));
        Checks.Add(new IndexCheck(node, indices, node.Shape[0]));
        Place(new ScatterAddRegion(node, rows, indices, values.New(node)), node, rows, indices);
    }

    private void BeginConcat(Node node)
    {
        Value[] parts = [.. node.Inputs.Select(values.Of)];
        Place(new ConcatRegion(node, parts, values.New(node)), node, parts);
    }

    private void BeginGroupedMatMul(Node node)
    {
        var data = Lowering.ConstantData(node.Inputs[1])!;
        var matrix = new WeightMatrix(data, data.Type, data.Sizes[2], data.Sizes[1], checked((int)data.Sizes[0]));
        var (rows, times) = Lowering.RepeatedRows(node.Inputs[0]);
        var left = products.Of(rows, data.Type);
        var (starts, places) = ExpertOrder(values.Of(node.Inputs[2]), matrix.Matrices, node.Shape[0]);
        var region = new GroupedMatMulRegion(matrix, left, times, starts, places, values.New(node));
        Place(region, node, left, starts, places);
    }

    private void BeginLowRank(Node node)
    {
        Value[] inputs = [.. node.Inputs.Select(values.Of)];
        var check = new IndexCheck(node, inputs[^2], node.Inputs[^1].Shape[0]);
        // All layers choose alike.
        if (!Checks.Any(known => known.Indices == check.Indices && known.Limit == check.Limit)) Checks.Add(check);
        Place(node.Op is LowRankDown ? new LowRankDownRegion(node, inputs, values.New(node))
            : new LowRankUpRegion(node, inputs, values.New(node)), node, inputs);
    }

    // Products with one choice of experts share its order.
    private (Value Starts, Value Order) ExpertOrder(Value groups, int experts, Dim rows)
    {
        if (_expertOrders.TryGetValue((groups, experts), out var known)) return known;
        // The two lists belong to no node of the graph.
        var (starts, sorted) = (values.New(new Node(new Iota(experts + 1), [])), values.New(new Node(new Iota(rows), [])));
        var region = new ExpertOrderRegion(experts, groups, starts, sorted);
        Place(region, starts.Node, groups);
        region.Writes.Add(sorted);
        order.SetProducer(sorted.Node, region);
        return _expertOrders[(groups, experts)] = (starts, sorted);
    }

    private void BeginRotary(Node node)
    {
        var view = views[node.Inputs[0]];
        var (heads, positions) = (values.Of(view.Root), values.Of(node.Inputs[1]));
        var frequencies = Lowering.ConstantData(node.Inputs[2])!;
        Place(new RotaryRegion(node, heads, view, positions, frequencies, values.New(node)), node, heads, positions);
    }

    private void BeginStore(Node node)
    {
        var view = views[node.Inputs[1]];
        var (cache, rows, slots) = (values.Of(node.Inputs[0]), values.Of(view.Root), values.Of(node.Inputs[2]));
        var isKeys = views.UsersOf(node).Any(user => user.Inputs[1] == node);
        Checks.Add(new IndexCheck(node, slots, node.Shape[0]));
        values.Share(node, cache);
        Place(new CacheRegion(node, cache, rows, view, slots, isKeys), node, cache, rows, slots);
    }

    private void BeginAttention(Node node)
    {
        var view = views[node.Inputs[0]];
        var queries = values.Of(view.Root);
        var others = node.Inputs.Skip(1).Select(values.Of).ToArray();
        var parts = new AttentionRegion(node, queries, view, others, null, null);
        Place(parts, node, [queries, .. others]);
        foreach (var store in node.Inputs.Skip(1).Take(2)) order.Require(parts, store);
        var region = new AttentionRegion(node, queries, view, others, values.New(node), parts);
        Place(region, node, [queries, .. others]);
        order.Require(region, parts);
    }

    private void BeginReference(Node node)
    {
        var region = new ReferenceRegion();
        region.Operands.AddRange(node.Inputs.Select(values.Of));
        if (node.Op is Store) values.Share(node, region.Operands[0]);
        Place(region, node, [.. region.Operands]);
        foreach (var input in node.Inputs) order.Require(region, input);
        if (node.Op is not Store) region.Writes.Add(values.New(node));
    }

    private void Place(Region region, Node node, params ReadOnlySpan<Value> reads)
    {
        region.Nodes.Add(node);
        order.Add(region);
        foreach (var value in reads)
        {
            if (value.Storage != Storage.Fixed) region.Reads.Add(value);
            order.Require(region, value.Node);
            if (products.ConversionOf(value) is { } conversion) order.Require(region, conversion);
        }

        var isNew = region is KernelRegion && region.Changes.Count == 0 && node.Op is not Store;
        if (isNew && values.TryGet(node, out var output)) region.Writes.Add(output);
        order.SetProducer(node, region);
    }
}
