using System.Text;

namespace Ashlar.Tensors;

/// <summary>Readable forms of a graph.</summary>
public static class GraphDump
{
    extension(Graph graph)
    {
        /// <summary>One line a node: number, operation, inputs, element type, shape, label.</summary>
        public string ToText()
        {
            var (numbers, text) = (Number(graph), new StringBuilder());
            foreach (var node in graph.Nodes)
            {
                var call = $"%{numbers[node]} = {Call(node)}{string.Concat(node.Inputs.Select(input => $" %{numbers[input]}"))}";
                text.Append(call.PadRight(48)).Append(' ').Append(node.Type).Append(' ').Append(node.Shape);
                if (node.Label is not null) text.Append("  # ").Append(node.Label.ReplaceLineEndings(" "));
                text.Append('\n');
            }

            return text.Append("return ").AppendJoin(' ', graph.Outputs.Select(node => $"%{numbers[node]}")).Append('\n')
                .ToString();
        }

        /// <summary>The graph in Graphviz' language: <c>dot -Tsvg</c> draws it.</summary>
        public string ToGraphviz()
        {
            var (numbers, text) = (Number(graph), new StringBuilder("digraph {\n  node [shape=box, fontname=\"monospace\"];\n"));
            foreach (var node in graph.Nodes)
            {
                var style = node.Inputs.Length > 0 ? "" : ", style=filled, fillcolor=\"#e8eef7\"";
                var label = node.Label is null ? "" : $"{Escape(node.Label)}\\n";
                label += $"{Escape(Call(node))}\\n{node.Type} {Escape(node.Shape.ToString())}";
                text.Append($"  n{numbers[node]} [label=\"{label}\"{style}];\n");
                foreach (var input in node.Inputs) text.Append($"  n{numbers[input]} -> n{numbers[node]};\n");
            }

            foreach (var output in graph.Outputs) text.Append($"  n{numbers[output]} [peripheries=2];\n");
            return text.Append("}\n").ToString();
        }
    }

    private static Dictionary<Node, int> Number(Graph graph) =>
        graph.Nodes.Select((node, index) => (node, index)).ToDictionary(pair => pair.node, pair => pair.index);

    private static string Call(Node node) =>
        node.Realized is not null ? "realized"
        : node.Op.Attributes.Length == 0 ? node.Op.Name
        : $"{node.Op.Name}[{node.Op.Attributes}]";

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .ReplaceLineEndings("\\n");
}
