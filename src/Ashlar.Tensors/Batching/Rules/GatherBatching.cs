using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Batching.Rules;

/// <summary>Rows of tables by indices.</summary>
internal static class GatherBatching
{
    /// <summary>One table serves all samples, or each has its own, as an axis that tables and indices share.</summary>
    public static Tensor OfGather(Gather gather, BatchedNode node) => gather.Shared == 0 && !node.IsBatched(0)
        ? Tensor.Apply(gather, node.AsIs(0), node.All(1))
        : Tensor.Apply(new Gather(gather.Shared + 1), node.All(0), node.All(1));

    /// <summary>The tables lie one behind the other.</summary>
    public static Tensor OfScatterAdd(ScatterAdd scatter, BatchedNode node) =>
        node.Split(node.All(0).ScatterAdd(node.Places(1, scatter.Rows), node.Size * scatter.Rows));
}
