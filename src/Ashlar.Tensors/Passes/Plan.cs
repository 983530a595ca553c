using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Passes;

/// <summary>A graph cut into regions for an instruction set: what is run, in which order, and what is kept where.</summary>
/// <param name="Graph">The graph that was given.</param>
/// <param name="Simplified">The graph that was cut.</param>
/// <param name="Set">What the kernels are made of.</param>
/// <param name="Regions">The regions by level.</param>
/// <param name="Values">The values by number.</param>
/// <param name="Outputs">The values that the outputs lie in.</param>
/// <param name="Checks">Indices that a run checks first.</param>
internal sealed record Plan(
    Graph Graph, Graph Simplified, InstructionSet Set, IReadOnlyList<Region> Regions, IReadOnlyList<Value> Values,
    IReadOnlyList<Value> Outputs, IReadOnlyList<IndexCheck> Checks)
{
    /// <summary>Runs the passes over a graph.</summary>
    public static Plan Of(Graph graph, InstructionSet set)
    {
        var simplified = Simplification.Of(graph);
        var fusion = Fusion.Of(simplified, set);
        return new Plan(graph, simplified, set, fusion.Regions, fusion.Values, fusion.Outputs, fusion.Checks);
    }
}
