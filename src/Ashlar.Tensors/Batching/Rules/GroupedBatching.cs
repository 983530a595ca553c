using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Batching.Rules;

/// <summary>
/// Products of rows with matrices that they name: the rows of all samples are one list, and where samples have matrices of their
/// own, those are one list too.
/// </summary>
internal static class GroupedBatching
{
    /// <summary>Rows times the matrices of their groups.</summary>
    public static Tensor OfMatMul(BatchedNode node) =>
        node.Split(node.Joined(0).GroupedMatMul(Matrices(node, 1, node.IsBatched(1)), Names(node, 2, 1, node.IsBatched(1))));

    /// <summary>Products of rows by group: every sample has groups of its own.</summary>
    public static Tensor OfOuter(GroupedOuter outer, BatchedNode node) =>
        node.Split(node.Joined(0).GroupedOuter(node.Joined(1), node.JoinedPlaces(2, outer.Groups), node.Size * outer.Groups));

    /// <summary>The first half of low-rank products.</summary>
    public static Tensor OfLowRankDown(BatchedNode node)
    {
        var own = node.IsBatched(1) || node.IsBatched(3);
        return node.Split(node.Joined(0).LowRankDown(Matrices(node, 1, own), Names(node, 2, 1, own), Matrices(node, 3, own)));
    }

    /// <summary>The second half of low-rank products.</summary>
    public static Tensor OfLowRankUp(BatchedNode node)
    {
        var own = node.IsBatched(2) || node.IsBatched(4);
        return node.Split(node.Joined(0).LowRankUp(
            node.Joined(1), Matrices(node, 2, own), Names(node, 3, 2, own), Matrices(node, 4, own)));
    }

    private static Tensor Matrices(BatchedNode node, int input, bool own) => own ? node.Joined(input) : node.AsIs(input);

    // By name, the matrix of each row.
    private static Tensor Names(BatchedNode node, int input, int matrices, bool own) =>
        own ? node.JoinedPlaces(input, node.Node.Inputs[matrices].Shape[0]) : node.Joined(input);
}
