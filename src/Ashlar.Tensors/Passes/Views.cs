using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Decides which reshapes and slices are mere views of memory that another node writes: those whose users all can read them
/// where they lie.
/// </summary>
internal sealed class Views
{
    private readonly Dictionary<Node, View> _views = [];
    private readonly ILookup<Node, Node> _users;
    private readonly HashSet<Node> _outputs;
    private readonly HashSet<Node> _excluded;

    /// <summary>Finds the views.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="excluded">Nodes that someone reads who knows only memory of its own.</param>
    public Views(Graph graph, HashSet<Node> excluded)
    {
        _excluded = excluded;
        _users = graph.Nodes.SelectMany(node => node.Inputs.Select(input => (input, node)))
            .ToLookup(use => use.input, use => use.node);
        _outputs = [.. graph.Outputs];
        foreach (var node in graph.Nodes)
        {
            var view = new View(node);
            if (node.Realized is null && node.Op is Reshape or Slice
                && View.Through(node, _views[node.Inputs[0]]) is { } through && IsReadable(node, through))
            {
                view = through;
            }

            _views[node] = view;
        }
    }

    /// <summary>Where a node's elements lie; its own memory where it is no view.</summary>
    public View this[Node node] => _views.TryGetValue(node, out var view) ? view : new View(node);

    /// <summary>The nodes that use a node.</summary>
    public IEnumerable<Node> UsersOf(Node node) => _users[node];

    /// <summary>Whether a node is computed by nobody.</summary>
    public bool IsView(Node node) => _views[node].Root != node;

    private bool IsReadable(Node node, View view) =>
        IsWhole(view)
        || (!_outputs.Contains(node) && !_excluded.Contains(node) && _users[node].All(user => Reads(user, node, view)));

    private static bool IsWhole(View view) => view is { IsDense: true, Offset: 0 };

    private bool Reads(Node user, Node node, View view) => user.Op switch
    {
        Reshape or Slice => View.Through(user, view) is { } through && IsReadable(user, through),
        Unary or Binary or Select =>
            node.Type is DType.F32 or DType.I32 && RowMapping.Of(node.Shape, user.Shape, view) is not null,
        Reduce => node.Type == DType.F32 && RowMapping.Of(node.Shape, node.Shape, view) is not null,
        Rotary => user.Inputs.LastIndexOf(node) == 0 && AreHeads(node, view),
        Store => user.Inputs.LastIndexOf(node) == 1 && user.Inputs.IndexOf(node) == 1 && AreHeads(node, view),
        Attention => user.Inputs.LastIndexOf(node) == 0 && AreHeads(node, view),
        _ => false,
    };

    // Heads of a token, one behind the other.
    private static bool AreHeads(Node node, View view)
    {
        if (node.Type != DType.F32 || node.Shape.Rank != 3) return false;
        var inner = node.Shape[1] * node.Shape[2];
        return inner.IsConstant && view.StrideOfRows(inner.Value) is not null;
    }
}
