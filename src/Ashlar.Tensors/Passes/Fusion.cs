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

    // Kernels in C# take 32 arguments, outputs among them.
    private const int MostInputs = 20;

    private readonly Views _views;
    private readonly Lowering _lowering;
    private readonly RegionOrder _order;
    private readonly GraphValues _values;
    private readonly SingleRegions _singles;
    private readonly Dictionary<Node, List<RowRegion>> _readers = [];
    private readonly Recomputation _recomputation;
    private readonly bool _isOfConstantSizes;

    private Fusion(Graph graph, InstructionSet set)
    {
        (_views, _lowering) = Lowering.Of(graph);
        _isOfConstantSizes = graph.Nodes.All(node => node.Shape.IsConstant);
        _order = new RegionOrder(_views);
        _values = new GraphValues(_views, _order);
        _recomputation = new Recomputation(_views, _lowering, _values);
        var products = new ProductRows(graph, set, _views, _lowering, _order, _values);
        _singles = new SingleRegions(set, _views, _lowering, _order, _values, products);
    }

    /// <summary>The regions, by level.</summary>
    public List<Region> Regions => _order.Regions;

    /// <summary>Every value, by number.</summary>
    public List<Value> Values => _values.All;

    /// <summary>Indices that a run must check before any kernel uses them.</summary>
    public List<IndexCheck> Checks => _singles.Checks;

    /// <summary>The values that the graph's outputs lie in.</summary>
    public List<Value> Outputs { get; } = [];

    /// <summary>Cuts a graph.</summary>
    public static Fusion Of(Graph graph, InstructionSet set)
    {
        var fusion = new Fusion(graph, set);
        fusion.Cut(graph);
        foreach (var output in graph.Outputs)
        {
            var value = fusion._values.Of(output);
            if (value.Storage == Storage.Arena) value.Storage = Storage.Output;
            fusion.Outputs.Add(value);
        }

        fusion._order.RemoveUnused();
        RegionLevels.Set(fusion.Regions, fusion._isOfConstantSizes);
        return fusion;
    }

    private void Cut(Graph graph)
    {
        var needed = Needed(graph);
        _singles.LearnMatrices(needed);
        var pending = graph.Nodes
            .Where(node => needed.Contains(node) && node is { Realized: null, Op: not (Input or State or Weight) }
                && !_views.IsView(node) && !_lowering.IsMadeAnew(node)
                && !(IsNumber(node) && !graph.Outputs.Contains(node)))
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
            foreach (var node in rest.Where(ready.Contains)) _singles.Begin(node);
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

    // What only row programs read is written into them, not into memory.
    private bool IsNumber(Node node) => node.Op is Constant && node.Type is DType.F32 or DType.I32
        && _views.UsersOf(node).All(user => _lowering.IsRow(user) || FillRegion.IsRepeated(user));

    private bool IsDone(Node node)
    {
        var root = _views[node].Root;
        return _order.ProducerOf(root) is not null || root.Realized is not null || root.Op is Input or State or Weight
            || IsNumber(root);
    }

    private void Join(Node node)
    {
        var rows = RowDomain.Of(node.Op is Reduce ? node.Inputs[0].Shape : node.Shape)!.Value;
        var before = _lowering.InputsOf(node).Select(_order.ProducerOf).OfType<Region>().Distinct().ToArray();
        var region = before.OfType<RowRegion>()
            .Where(candidate => candidate.Takes(rows) && (!_isOfConstantSizes || IsRelated(node, candidate))
                && candidate.Nodes.Count < MostSteps
                && candidate.InputCount < MostInputs && CanJoin(node, candidate, before))
            .MaxBy(candidate => candidate.Level);
        region ??= _isOfConstantSizes ? Beside(node, rows, before) : null;
        if (region is null)
        {
            region = new RowRegion(rows);
            _order.Add(region);
        }

        var operands = node.Inputs.Select(input => _lowering.IsMadeAnew(input)
            ? Comparison(region, input, node, rows)
            : Operand(region, input, node)).ToArray();
        region.Add(node, rows, operands);
        _order.SetProducer(node, region);
    }

    // Numbers of rows that many use do not bring together what has nothing else in common, and would all be in memory at once.
    private bool IsRelated(Node node, RowRegion region)
    {
        if (region.Domain.Width == 1) return true;
        var vectors = _lowering.InputsOf(node).Where(input => input.Shape.Rank > 0 && input.Shape[^1] != 1L).ToArray();
        return vectors.All(input => region.ReadsFrom(_views[input].Root))
            || vectors.Any(input => _order.ProducerOf(input) == region || region.ReadsFrom(_views[input].Root));
    }

    // A region that reads what the node reads: both go over it at once.
    private RowRegion? Beside(Node node, RowDomain rows, Region[] before) => node.Inputs
        .SelectMany(input => _readers.GetValueOrDefault(_views[input].Root) ?? [])
        .FirstOrDefault(candidate => candidate.Domain == rows && candidate.Nodes.Count < MostSteps
            && candidate.InputCount < MostInputs && CanJoin(node, candidate, before));

    // The node's other operands must be there before the region runs, and none of them may have waited for it.
    private bool CanJoin(Node node, RowRegion region, Region[] before)
    {
        foreach (var producer in before)
        {
            if (producer == region || producer.Level < region.Level) continue;
            if (_order.IsNeeded(region)) return false;
        }

        // What the region computes it has in registers, but not as other rows.
        return _lowering.InputsOf(node).All(input => _order.ProducerOf(input) != region
            || (!_views.IsView(input) && RowDomain.Of(input.Shape) is { } own && own.Count == region.Domain.Count));
    }

    // A value that another region has computed, computed once more.
    private int Again(RowRegion region, Node input)
    {
        var operands = input.Inputs.Select(operand =>
            _lowering.IsMadeAnew(operand) ? Comparison(region, operand, input, RowDomain.Of(input.Shape)!.Value)
            : !region.Has(operand) && _recomputation.IsStep(operand, region) ? Again(region, operand)
            : Operand(region, operand, input)).ToArray();
        region.Add(input, RowDomain.Of(input.Shape)!.Value, operands);
        return region.StepOf(input);
    }

    // A comparison of operands that broadcast to the rows of whoever chooses by it.
    private int Comparison(RowRegion region, Node comparison, Node node, RowDomain rows)
    {
        if (!region.Has(comparison))
        {
            var operands = comparison.Inputs.Select(input => Operand(region, input, node)).ToArray();
            region.Add(comparison, rows, operands);
        }

        return region.StepOf(comparison);
    }

    private int Operand(RowRegion region, Node input, Node node)
    {
        if (input is { Realized: null, Op: Constant constant })
        {
            return region.Number(BitConverter.Int32BitsToSingle(FillRegion.BitsOf(constant)));
        }

        if (!_views.IsView(input) && region.Has(input)) return region.StepOf(input);
        if (_isOfConstantSizes && _recomputation.IsBetter(input, region)) return Again(region, input);
        var shape = node.Op is Reduce ? input.Shape : node.Shape;
        var view = _views[input];
        var value = _values.Of(view.Root);
        _order.Require(region, view.Root);
        if (!_readers.TryGetValue(view.Root, out var readers)) _readers[view.Root] = readers = [];
        if (!readers.Contains(region)) readers.Add(region);
        return region.Read(value, view.Offset, RowMapping.Of(input.Shape, shape, view)!);
    }
}
