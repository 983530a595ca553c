using System.Collections.Immutable;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff;

/// <summary>
/// Computes values a second time for the gradient instead of keeping them (Chen et al., 2016). Kept values cut the graph into
/// segments: a node belongs to the segment of the last kept value that it depends on. What the rules of a segment read is
/// computed again from the kept values, once the gradient has come that far.
/// </summary>
/// <remarks>
/// What depends on no kept value, such as a mask, is not computed again, and neither is the last segment: its gradient comes
/// next.
/// </remarks>
internal sealed class Recomputation
{
    private readonly HashSet<Node> _kept;
    private readonly Dictionary<Node, int> _segments = []; // 0: depends on no kept value
    private readonly Dictionary<(Node, int Segment), Node> _again = [];
    private readonly Node?[] _triggers; // by segment
    private readonly int _last;

    /// <summary>Cuts a graph.</summary>
    /// <param name="nodes">The graph's nodes, inputs before their users.</param>
    /// <param name="kept">The values that are kept; those that are not in the graph do nothing.</param>
    public Recomputation(ImmutableArray<Node> nodes, ReadOnlySpan<Node> kept)
    {
        _kept = [.. kept];
        foreach (var node in nodes) _segments[node] = _kept.Contains(node) ? ++_last : SegmentOfInputs(node);
        _triggers = new Node?[_last + 2];
    }

    /// <summary>Notes that the gradient has come to a node: before it is called for any that the node depends on.</summary>
    public void Reach(Node node, Node gradient)
    {
        if (_kept.Contains(node)) _triggers[_segments[node] - 1] = gradient;
    }

    /// <summary>A node as its gradient rule should see it: with inputs that are computed again, where they should be.</summary>
    /// <param name="node">The node.</param>
    /// <param name="gradient">Its gradient.</param>
    public Node ForRule(Node node, Node gradient)
    {
        var segment = SegmentOfInputs(node);
        if (segment == 0 || segment == _last || node.Op is Store) return node;
        var trigger = _triggers[segment] ??= gradient; // nothing later is kept on the way, so it comes as it comes
        return new Node(node.Op, [.. node.Sources.Select(input => Again(input, segment, trigger))], node.Label);
    }

    private int SegmentOfInputs(Node node) => node.Sources.Select(input => _segments[input]).DefaultIfEmpty(0).Max();

    // Depth first with an explicit stack: a segment may be as deep as the graph.
    private Node Again(Node value, int segment, Node trigger)
    {
        var stack = new Stack<Node>([value]);
        while (stack.TryPeek(out var node))
        {
            if (Find(node, segment, trigger) is null)
            {
                var missing = node.Sources.Where(input => Find(input, segment, trigger) is null).ToArray();
                if (missing.Length > 0)
                {
                    foreach (var input in missing) stack.Push(input);
                    continue;
                }

                Node[] inputs = [.. node.Sources.Select(input => Find(input, segment, trigger)!)];
                _again[(node, segment)] = new Node(node.Op, inputs, node.Label);
            }

            stack.Pop();
        }

        return Find(value, segment, trigger)!;
    }

    private Node? Find(Node node, int segment, Node trigger)
    {
        if (_segments[node] == 0 || node.Op is Store || node.Realized is not null) return node;
        if (_again.TryGetValue((node, segment), out var again)) return again;
        return _kept.Contains(node) ? _again[(node, segment)] = new Node(new After(), [node, trigger], node.Label) : null;
    }
}
