using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Puts the sums over ranks one behind the other: every rank must come to them in the same order, whatever else its plan does.
/// </summary>
internal static class RankOrder
{
    /// <summary>The graph in which each sum waits for the one before; the same graph where there are fewer than two.</summary>
    public static Graph Of(Graph graph)
    {
        if (graph.Nodes.Count(node => node is { Realized: null, Op: RankSum }) < 2) return graph;
        var changed = new Dictionary<Node, Node>();
        Node? last = null;
        foreach (var node in graph.Nodes)
        {
            var inputs = node.Inputs.Select(input => changed[input]).ToList();
            var isSum = node is { Realized: null, Op: RankSum };
            if (isSum && last is not null) inputs.Add(last);
            changed[node] = inputs.SequenceEqual(node.Inputs) ? node : new Node(node.Op, [.. inputs], node.Label);
            if (isSum) last = changed[node];
        }

        return new Graph([.. graph.Outputs.Select(output => changed[output])]);
    }
}
