using System.Collections.Immutable;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors;

/// <summary>All that is needed to compute some outputs: their nodes in an order in which inputs come first.</summary>
public sealed class Graph
{
    /// <summary>Collects the nodes that the outputs depend on.</summary>
    /// <exception cref="ShapeException">
    /// Two inputs or states differ but have one key; or a state is used beside a store into it, so that the order would decide
    /// what is read.
    /// </exception>
    public Graph(params ReadOnlySpan<Node> outputs)
    {
        Outputs = [.. outputs];
        Nodes = Sort(outputs);
        CheckNames();
        CheckStates();
    }

    /// <summary>The values that a run computes.</summary>
    public ImmutableArray<Node> Outputs { get; }

    /// <summary>Every node that the outputs depend on, inputs before their users.</summary>
    public ImmutableArray<Node> Nodes { get; }

    /// <summary>The nodes that a run must be given values for: inputs and states.</summary>
    public IEnumerable<Node> Inputs => Nodes.Where(node => KeyOf(node) is not null);

    /// <summary>The key under which a run is given the node's value, or null where the node computes it.</summary>
    internal static string? KeyOf(Node node) => node.Op switch
    {
        Input input => input.Key,
        State state => state.Key,
        _ => null,
    };

    // Depth first with an explicit stack: a training graph is deeper than a thread's stack.
    private static ImmutableArray<Node> Sort(ReadOnlySpan<Node> outputs) => Sort(outputs, node => node.Inputs);

    /// <summary>The nodes that others depend on, before their users.</summary>
    /// <param name="outputs">Where to begin.</param>
    /// <param name="inputsOf">What a node depends on.</param>
    internal static ImmutableArray<Node> Sort(ReadOnlySpan<Node> outputs, Func<Node, ImmutableArray<Node>> inputsOf)
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
                var inputs = inputsOf(node);
                if (next == inputs.Length)
                {
                    sorted.Add(node);
                    continue;
                }

                stack.Push((node, next + 1));
                if (seen.Add(inputs[next])) stack.Push((inputs[next], 0));
            }
        }

        return sorted.ToImmutable();
    }

    // A key names one value, and a name of a size one symbol: otherwise a run would not know which is meant.
    private void CheckNames()
    {
        var keys = new Dictionary<string, Node>(StringComparer.Ordinal);
        var symbols = new Dictionary<string, Symbol>(StringComparer.Ordinal);
        foreach (var node in Inputs)
        {
            var (key, other) = (KeyOf(node)!, keys.GetValueOrDefault(KeyOf(node)!));
            if (other is not null && (other.Op != node.Op || node.Op is State))
            {
                throw ShapeException.For(
                    node.Op, [other, node], $"two values have the key '{key}'; share one node, or choose another key");
            }

            keys[key] = node;
            foreach (var symbol in node.Shape.SelectMany(dim => dim.Symbols))
            {
                if (symbols.TryAdd(symbol.Name, symbol) || symbols[symbol.Name] == symbol) continue;
                throw ShapeException.For(node.Op, [node], $"two symbols with different bounds are called '{symbol.Name}'");
            }
        }
    }

    // A store changes its state in place. What else reads the same state must have done so before: the store must depend on it.
    // A reshape and its like share the memory, so that its users would read too late.
    private void CheckStates()
    {
        var users = Nodes.SelectMany(node => node.Inputs.Select(input => (input, node)))
            .ToLookup(use => use.input, use => use.node);
        foreach (var store in Nodes.Where(node => node.Op is Store))
        {
            var state = store.Inputs[0];
            var others = users[state].Where(user => user != store).ToArray();
            var late = store.Inputs.IndexOf(state, 1) > 0
                ? store
                : others.FirstOrDefault(user => user.Op is Store or Reshape or Detach or After)
                    ?? others.Except(Sort(store.Inputs.AsSpan())).FirstOrDefault();
            if (late is not null || Outputs.Contains(state))
            {
                var reader = late is null ? "an output" : late.Op.Name;
                throw ShapeException.For(store.Op, store.Inputs.AsSpan(),
                    $"{reader} uses {state.Describe()} beside this store into it; use the store's result instead");
            }
        }
    }
}
