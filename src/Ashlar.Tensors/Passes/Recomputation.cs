using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Passes;

/// <summary>
/// Which values a row program computes a second time instead of reading them: those that follow by few steps from what is in
/// memory anyway, so that what the forward pass had only on the way is not kept for the backward pass.
/// </summary>
/// <param name="views">Where nodes lie.</param>
/// <param name="lowering">What nodes are.</param>
/// <param name="values">What is in memory.</param>
internal sealed class Recomputation(Views views, Lowering lowering, GraphValues values)
{
    private const int MostSteps = 10;

    /// <summary>
    /// Whether a region may compute a node again: from rows that it reads already, numbers of rows, and at most one more of as
    /// many elements that is in memory.
    /// </summary>
    public bool IsBetter(Node node, RowRegion region)
    {
        if (!IsStep(node, region)) return false;
        var (steps, others) = (new HashSet<Node>(), new HashSet<Node>());
        return Follow(node, region, steps, others) && others.Count <= 1;
    }

    /// <summary>Whether a node is a step to be computed again, and not read.</summary>
    public bool IsStep(Node node, RowRegion region) => lowering.IsRow(node) && !lowering.IsMadeAnew(node)
        && node.Op is Unary or Binary or Select or Cast && !views.IsView(node) && !values.TryGet(node, out _)
        && RowDomain.Of(node.Shape) is { } rows && region.Takes(rows);

    private bool Follow(Node node, RowRegion region, HashSet<Node> steps, HashSet<Node> others)
    {
        if (!steps.Add(node)) return true;
        if (steps.Count > MostSteps) return false;
        foreach (var input in lowering.InputsOf(node))
        {
            if (input is { Realized: null, Op: Constant } || region.Has(input)) continue;
            if (IsStep(input, region))
            {
                if (!Follow(input, region, steps, others)) return false;
                continue;
            }

            var isNumber = input.Shape.Rank == 0 || input.Shape[^1] == 1L;
            if (isNumber) continue;
            var root = views[input].Root;
            var isThere = values.TryGet(root, out _) || !lowering.IsRow(root);
            if (!isThere) return false;
            // What all rows share, such as the weights of a norm, is nothing to read.
            if (input.Shape.Elements == input.Shape[^1] || region.ReadsFrom(root)) continue;
            others.Add(root);
        }

        return true;
    }
}
