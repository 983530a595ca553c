using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>Which nodes of a graph a kernel can compute, by what they are and how they are used.</summary>
internal sealed class Lowering
{
    private readonly Views _views;
    private readonly Dictionary<Node, bool> _isRow = [];
    private readonly Dictionary<Node, ProductOperands?> _products = [];
    private readonly Dictionary<Node, Node?> _added = [];
    private readonly HashSet<Node> _paged = [];
    private readonly HashSet<Node> _outputs;

    public Lowering(Graph graph, Views views)
    {
        _views = views;
        _outputs = [.. graph.Outputs];
        foreach (var node in graph.Nodes.Where(node => node.Op is Attention && IsPaged(node, graph))) _paged.Add(node);
        // A cache is laid out for all who use it: one use that is not attention's, and it stays as the graph says.
        bool isChanged;
        do
        {
            var stores = _paged.SelectMany(node => node.Inputs.Skip(1).Take(2)).ToHashSet();
            isChanged = _paged.RemoveWhere(attention => attention.Inputs.Skip(1).Take(2)
                .Any(store => _views.UsersOf(store).Any(user => !_paged.Contains(user)) || !stores.Contains(store))) > 0;
        }
        while (isChanged);
        foreach (var attention in _paged.ToArray()) _paged.UnionWith(attention.Inputs.Skip(1).Take(2));
    }

    /// <summary>The data of a leaf that never changes, or null.</summary>
    public static TensorData? ConstantData(Node node) => node.Realized ?? (node.Op as Weight)?.Data;

    /// <summary>Which nodes are views, and what can be computed then: a node whose users have no kernel that finds its elements
    /// in another's memory is no view.</summary>
    public static (Views Views, Lowering Lowering) Of(Graph graph)
    {
        var excluded = new HashSet<Node>();
        while (true)
        {
            var views = new Views(graph, excluded);
            var lowering = new Lowering(graph, views);
            var before = excluded.Count;
            excluded.UnionWith(graph.Nodes.Where(
                node => !lowering.IsWhole(node) && !views.UsersOf(node).All(user => lowering.ReadsViews(user, views))));
            if (excluded.Count == before) return (views, lowering);
        }
    }

    /// <summary>Whether a node is an attention over a cache in the kernels' layout, or a store into one.</summary>
    public bool IsPaged(Node node) => _paged.Contains(node);

    /// <summary>Whether a node is a step of a row program.</summary>
    public bool IsRow(Node node)
    {
        if (_isRow.TryGetValue(node, out var isRow)) return isRow;
        return _isRow[node] = node.Realized is null && Decide(node);
    }

    /// <summary>Whether a node is a product with a matrix of weights that can be packed.</summary>
    public bool IsMatMul(Node node) => node is { Realized: null, Op: MatMul { TransposeRight: true }, Type: DType.F32 }
        && ConstantData(node.Inputs[1]) is { Sizes.Length: 2 } data && data.Sizes[0] > 0 && data.Sizes[1] > 0
        && PackedMatrices.CanPack(data.Type, data.Sizes[1]) && IsWhole(node.Inputs[0]);

    /// <summary>The operands of a product with a right operand that a run gives or computes; null where a node is none.</summary>
    public ProductOperands? ProductOf(Node node)
    {
        if (_products.TryGetValue(node, out var known)) return known;
        return _products[node] = node.Op is MatMul && !IsMatMul(node) && ProductOperands.Of(node) is { } operands
            && IsWhole(operands.Left) && IsWhole(operands.Right) ? operands : null;
    }

    /// <summary>
    /// The product that a sum adds to another product, or to such a sum, in the place of that; null where it does not. Nobody
    /// else uses either.
    /// </summary>
    public Node? AddedProductOf(Node node)
    {
        if (node is not { Realized: null, Op: Binary { Function: BinaryFunction.Add }, Type: DType.F32 }) return null;
        if (_added.TryGetValue(node, out var known)) return known;
        var (first, second) = (node.Inputs[0], node.Inputs[1]);
        return _added[node] = IsPart(first) && IsPart(second)
            ? ProductOf(second) is not null && IsChangeable(first) ? second
            : ProductOf(first) is not null && IsChangeable(second) ? first
            : null
            : null;

        bool IsPart(Node part) => part.Shape == node.Shape && !_outputs.Contains(part) && _views.UsersOf(part).Count() == 1;
        bool IsChangeable(Node part) => ProductOf(part) is not null || AddedProductOf(part) is not null || IsScatterAdd(part);
    }

    /// <summary>
    /// Whether a node chooses rows, or single numbers, of a table by indices that a run is given, or that a top-k found among no
    /// more than there are.
    /// </summary>
    public bool IsGather(Node node) => node is { Realized: null, Op: Gather { Shared: 0 }, Type: DType.F32 }
        && node.Inputs[0].Shape is { Rank: 1 or 2 } table && (table.Rank == 1 || table[1].IsConstant) && IsWhole(node.Inputs[0])
        && (ConstantData(node.Inputs[0]) is not null || node.Inputs[0].Type == DType.F32)
        && ((_views[node.Inputs[1]] is { Root: { Realized: null, Op: Input } } && IsWhole(node.Inputs[1]))
            || AreChoices(node.Inputs[1], table[0]));

    private bool AreChoices(Node indices, Dim rows) =>
        IsWhole(indices) && rows.IsConstant && ChoicesOf(indices) is { } choices && choices <= rows.Value;

    /// <summary>Whether a node is a rotary embedding by constant frequencies at positions that a run is given.</summary>
    public static bool IsRotary(Node node) => node is { Realized: null, Op: Rotary, Type: DType.F32 }
        && node.Inputs[1].Op is Input && ConstantData(node.Inputs[2]) is not null && node.Shape[1].IsConstant;

    /// <summary>Whether a node is the places of the largest elements of rows.</summary>
    public bool IsTopK(Node node) => node is { Realized: null, Op: TopK } && node.Inputs[0] is { Type: DType.F32 } rows
        && RowDomain.Of(rows.Shape) is not null && IsWhole(rows);

    /// <summary>Whether a node chooses elements of rows at places that a top-k found.</summary>
    public bool IsGatherColumns(Node node) => node is { Realized: null, Op: Gather { Shared: 1 }, Type: DType.F32 }
        && node.Inputs[0].Shape is { Rank: 2 } table && table[1].IsConstant
        && node.Shape is { Rank: 2 } shape && shape[1].IsConstant
        && node.Inputs[0].Type == DType.F32 && IsWhole(node.Inputs[0]) && IsWhole(node.Inputs[1])
        && ChoicesOf(node.Inputs[1]) is { } choices && choices <= table[1].Value;

    /// <summary>Whether a node is a product with experts' matrices that can be packed, the experts chosen by a top-k.</summary>
    public bool IsGroupedMatMul(Node node) => node is { Realized: null, Op: GroupedMatMul, Type: DType.F32 }
        && ConstantData(node.Inputs[1]) is { } data && data.Elements > 0 && PackedMatrices.CanPack(data.Type, data.Sizes[2])
        && IsWhole(node.Inputs[2]) && ChoicesOf(node.Inputs[2]) is { } choices && choices <= data.Sizes[0]
        && IsWhole(RepeatedRows(node.Inputs[0]).Rows);

    /// <summary>
    /// Whether a node is half of a low-rank product whose matrices are given, and chosen by what a run is given.
    /// </summary>
    public bool IsLowRank(Node node) => node is { Realized: null, Op: LowRankDown or LowRankUp, Type: DType.F32 }
        && node.Inputs[^2].Op is Input && node.Inputs[^1].Op is State && node.Inputs[^3].Op is State
        && node.Inputs.All(IsWhole) && node.Shape[1].IsConstant
        && (node.Op is LowRankUp
            ? node.Inputs[1].Shape[1].IsConstant
            : node.Inputs[0].Shape[1].IsConstant);

    /// <summary>
    /// The rows that are repeated in a node, one copy behind the other, and how often; the node itself, once, where it is no
    /// repetition.
    /// </summary>
    public static (Node Rows, int Times) RepeatedRows(Node node)
    {
        // (n, width) as (n, 1, width), expanded to (n, times, width), as (n * times, width)
        if (node is { Realized: null, Op: Reshape } && node.Inputs[0] is { Realized: null, Op: Expand } expand
            && expand.Inputs[0].Shape is { Rank: 3 } from && expand.Shape is { Rank: 3 } to
            && node.Shape.Rank == 2 && node.Shape[1] == to[2] && from[0] == to[0] && from[1] == 1L && from[2] == to[2]
            && to[1] is { IsConstant: true, Value: > 0 and < int.MaxValue } times
            && expand.Inputs[0] is { Realized: null, Op: Reshape } split && split.Inputs[0].Shape == [from[0], from[2]])
        {
            return (split.Inputs[0], (int)times.Value);
        }

        return (node, 1);
    }

    /// <summary>
    /// Whether a comparison is made anew by each program that chooses by it, as its operands are less to read than its result: it
    /// is for fewer rows than theirs, such as a mask that all heads share, or compares whole numbers that are given.
    /// </summary>
    public bool IsMadeAnew(Node node) => node.Op is Binary { Function: BinaryFunction.Equal or BinaryFunction.Less }
        && IsRow(node) && IsBetterMadeAnew(node);

    /// <summary>Whether a node is a sum or maximum along an axis that is not the last.</summary>
    public bool IsAxisReduction(Node node) => AxisReductionRegion.Takes(node) && IsWhole(node.Inputs[0]);

    /// <summary>Whether a node adds rows into a table at indices that a run is given.</summary>
    public bool IsScatterAdd(Node node) => ScatterAddRegion.Takes(node) && node.Inputs.All(IsWhole)
        && _views[node.Inputs[1]].Root is { Realized: null, Op: Input };

    /// <summary>Whether a node joins tensors.</summary>
    public bool IsConcat(Node node) => ConcatRegion.Takes(node) && node.Inputs.All(IsWhole);

    /// <summary>The nodes whose values a node's kernel reads, beside weights that it packs.</summary>
    public IEnumerable<Node> InputsOf(Node node) =>
        FillRegion.IsRepeated(node) ? []
        : node.Op is Select && IsRow(node) && IsMadeAnew(node.Inputs[0]) ? [.. node.Inputs[0].Inputs, .. node.Inputs.Skip(1)]
        : IsMatMul(node) ? [node.Inputs[0]]
        : AddedProductOf(node) is { } added && ProductOf(added) is { } parts
            ? [node.Inputs[added == node.Inputs[0] ? 1 : 0], parts.Left, parts.Right]
        : ProductOf(node) is { } product ? [product.Left, product.Right]
        : IsGroupedMatMul(node) ? [RepeatedRows(node.Inputs[0]).Rows, node.Inputs[2]]
        : node.Inputs;

    private bool ReadsViews(Node node, Views views) => views.IsView(node) || IsRow(node) || IsRotary(node) || IsPaged(node);

    private bool IsWhole(Node node) => _views[node] is { IsDense: true, Offset: 0 };

    // Of how many elements a top-k chose; null where a node is no top-k.
    private long? ChoicesOf(Node node)
    {
        var root = _views[node].Root;
        return IsTopK(root) ? root.Inputs[0].Shape[^1].Value : null;
    }

    private bool Decide(Node node)
    {
        if (node.Op is Reduce reduce)
        {
            var input = node.Inputs[0];
            return Shape.AxisFromFront(reduce.Axis, input.Shape.Rank) == input.Shape.Rank - 1 && IsRead(input, input.Shape);
        }

        return node.Op switch
        {
            // A comparison has no result in memory: it is a number inside the programs of those that choose by it.
            Binary { Function: BinaryFunction.Equal or BinaryFunction.Less } => !_outputs.Contains(node)
                && IsElementwise(node, DType.I32) && _views.UsersOf(node).Any()
                && _views.UsersOf(node).All(user => user.Inputs.LastIndexOf(node) == 0 && IsChoice(user)),
            Select => IsChoice(node) && IsRow(node.Inputs[0]),
            Cast => node.Type == DType.F32 && node.Inputs[0].Type == DType.I32 && IsElementwise(node, DType.I32),
            Binary when AddedProductOf(node) is not null => false,
            Unary or Binary => node.Type == DType.F32 && IsElementwise(node),
            _ => false,
        };
    }

    // A choice that a program can make, if it makes the comparison too.
    private bool IsChoice(Node node) => node is { Realized: null, Op: Select, Type: DType.F32 }
        && node.Inputs[0] is { Realized: null, Op: Binary } condition && RowDomain.Of(node.Shape) is not null
        && node.Inputs.Skip(1).All(input => IsRead(input, node.Shape))
        && (IsBetterMadeAnew(condition)
            ? condition.Inputs.All(input => IsRead(input, node.Shape, DType.I32))
            : IsRead(condition, node.Shape, DType.Bool));

    private bool IsBetterMadeAnew(Node condition) =>
        condition.Inputs.All(input => input.Type == DType.I32 && _views[input].Root is { Op: Input or Weight or Constant })
        || _views.UsersOf(condition).Any(user => RowDomain.Of(condition.Shape)?.Count != RowDomain.Of(user.Shape)?.Count);

    private bool IsElementwise(Node node, DType other = DType.F32) =>
        RowDomain.Of(node.Shape) is not null && node.Inputs.All(input => IsRead(input, node.Shape, other));

    private bool IsRead(Node input, Shape result, DType other = DType.F32) =>
        (input.Type == DType.F32 || input.Type == other) && RowDomain.Of(input.Shape) is not null
        && (input.Op is Constant || RowMapping.Of(input.Shape, result, _views[input]) is not null);

    private static bool IsPaged(Node node, Graph graph)
    {
        var attention = (Attention)node.Op;
        var (queries, keys, values) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        return node.Realized is null && node.Type == DType.F32 && attention.BlockSize % CacheStore.Part == 0
            && keys.Op is Store && values.Op is Store && keys != values
            && keys.Inputs[0].Op is State && values.Inputs[0].Op is State
            && keys.Shape[2].IsConstant && values.Shape[2].IsConstant
            && CacheStore.CanBe(keys.Type, keys.Shape[2].Value) && CacheStore.CanBe(values.Type, values.Shape[2].Value)
            && keys.Inputs[1].Type == DType.F32 && values.Inputs[1].Type == DType.F32
            && node.Inputs.Skip(3).Take(3).All(input => input.Op is Input)
            && keys.Inputs[2].Op is Input && values.Inputs[2].Op is Input
            && queries.Shape.Skip(1).Concat(keys.Shape.Skip(1)).Concat(values.Shape.Skip(1)).All(size => size.IsConstant)
            && (!attention.HasSinks || ConstantData(node.Inputs[6]) is not null)
            && !graph.Outputs.Contains(keys) && !graph.Outputs.Contains(values);
    }
}
