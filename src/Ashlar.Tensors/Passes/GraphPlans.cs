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
        /// One line that says of which formats there are weights that no kernel reads, so that they are unpacked before the first
        /// run, and how much memory they take then; null where there are none. See
        /// <see cref="ComputeDevice.Unpacks">ComputeDevice.Unpacks</see>.
        /// </summary>
        /// <exception cref="NotSupportedException"><c>ASHLAR_ISA</c> names no set that the processor has.</exception>
        public string? DescribeUnpacking()
        {
            var set = Processor.Chosen();
            return set == InstructionSet.Reference ? null : Unpacking.Describe(Plan.Of(graph, set));
        }

        /// <summary>
        /// The line of <c>DescribeUnpacking</c>, where it has one, and one line for each region that the graph is cut into: its
        /// level, its kernel, bytes and operations, what bounds it, and what it reads and writes; below a fused region, the
        /// operations in it.
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

            return PlanText.Of(Plan.Of(graph, set), graph.Symbols(sizes));
        }

        /// <summary>The memory that the graph takes once it is compiled; null for the reference backend, which plans none.</summary>
        /// <param name="sizes">The symbols by name; those that are not named count as 1.</param>
        /// <exception cref="NotSupportedException"><c>ASHLAR_ISA</c> names no set that the processor has.</exception>
        public MemoryNeed? MeasureMemory(IReadOnlyDictionary<string, long> sizes)
        {
            var set = Processor.Chosen();
            return set == InstructionSet.Reference ? null : MemoryNeed.Of(Plan.Of(graph, set), graph.Symbols(sizes));
        }

        private Dictionary<Symbol, long> Symbols(IReadOnlyDictionary<string, long> sizes) =>
            graph.Nodes.SelectMany(node => node.Shape).SelectMany(dim => dim.Symbols).Distinct()
                .ToDictionary(symbol => symbol, symbol => sizes.GetValueOrDefault(symbol.Name, 1));
    }
}
