using System.Collections.Immutable;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors;

/// <summary>All that is needed to compute some outputs: their nodes in an order in which inputs come first.</summary>
public sealed class Graph
{
    /// <summary>Collects the nodes that the outputs depend on.</summary>
    /// <exception cref="ShapeException">A state is both written and read beside the write, so that the order would decide what is read.</exception>
    public Graph(params ReadOnlySpan<Node> outputs)
    {
        Outputs = [.. outputs];
        Nodes = Sort(outputs);
        CheckStates();
    }

    /// <summary>The values that a run computes.</summary>
    public ImmutableArray<Node> Outputs { get; }

    /// <summary>Every node that the outputs depend on, inputs before their users.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>The nodes that a run must be given values for: inputs and states.</summary>
    public IEnumerable<Node> Inputs => Nodes.Where(node => node.Realized is null && node.Op is Input or State);

    // Depth first with an explicit stack: a training graph is deeper than a thread's stack.
    private static ImmutableArray<Node> Sort(ReadOnlySpan<Node> outputs)
    {
        var sorted = ImmutableArray.CreateBuilder<Node>();
        var seen = new HashSet<Node>();
        var stack = new Stack<(Node Node, int Next)>();
        foreach (var output in outputs)
        {
            if (seen.Add(output)) stack.Push((output, 0));
            while (stack.TryPop(out var top))
            {
                var (node, next) = top;
                if (node.Realized is not null || next == node.Inputs.Length)
                {
                    sorted.Add(node);
                    continue;
                }

                stack.Push((node, next + 1));
                if (seen.Add(node.Inputs[next])) stack.Push((node.Inputs[next], 0));
            }
        }

        return sorted.ToImmutable();
    }

    private void CheckStates()
    {
        var written = Nodes.Where(node => node.Op is Store).ToLookup(node => node.Inputs[0]);
        foreach (var node in Nodes)
        {
            foreach (var input in node.Inputs)
            {
                if (written.Contains(input) && (node.Op is not Store || written[input].Count() > 1))
                {
                    throw ShapeException.For(node.Op, node.Inputs.AsSpan(),
                        $"uses {input.Describe()} beside a store into it; use the store's result instead");
                }
            }
        }
    }
}
