using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>What the compiler makes of a graph, to be read.</summary>
public static class GraphPlans
{
    extension(Graph graph)
    {
        /// <summary>The graph as the compiler sees it: equal nodes are one, constants are computed.</summary>
        public Graph Simplify() => Simplification.Of(graph);

        /// <summary>
        /// One line for each region that the graph is cut into: its level, its kernel, bytes and operations, what bounds it, and
        /// what it reads and writes; below a fused region, the operations in it.
        /// </summary>
        /// <param name="sizes">The symbols by name, for counting; those that are not named count as 1.</param>
        /// <exception cref="NotSupportedException"><c>ASHLAR_ISA</c> names no set that the processor has, or the reference
        /// backend, which has no plan.</exception>
        public string ToPlanText(IReadOnlyDictionary<string, long> sizes)
        {
            var set = Processor.Chosen();
            if (set == InstructionSet.Reference)
            {
                throw new NotSupportedException(
                    $"{Processor.Variable} names the reference backend, which plans nothing; unset it");
            }

            var symbols = graph.Nodes.SelectMany(node => node.Shape).SelectMany(dim => dim.Symbols).Distinct()
                .ToDictionary(symbol => symbol, symbol => sizes.GetValueOrDefault(symbol.Name, 1));
            return PlanText.Of(Plan.Of(graph, set), symbols);
        }
    }
}
