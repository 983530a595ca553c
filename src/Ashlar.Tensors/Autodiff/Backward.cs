using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Autodiff;

/// <summary>Gradients of the lazy front end: computed at once, and added to what the leaves have.</summary>
internal static class Backward
{
    /// <summary>Adds the gradients of a number to every leaf that wants one, and realizes them.</summary>
    /// <exception cref="InvalidOperationException">No such leaf is there.</exception>
    public static void From(Node of)
    {
        var leaves = Graph.Sort([of], node => node.Sources).Where(node => node.Leaf is not null).ToArray();
        if (leaves.Length == 0 || !of.Tracks)
        {
            throw new InvalidOperationException(
                $"{of.Describe()} depends on no tensor that wants a gradient; call RequiresGradient on those that should have one, "
                + "before computing with them");
        }

        var gradients = Gradient.Of(of, leaves);
        var totals = leaves.Select((leaf, i) => leaf.Leaf!.Gradient is { } before
            ? before + new Tensor(gradients[i])
            : new Tensor(gradients[i])).ToArray();
        using var executable = new Executable(new Graph([.. totals.Select(total => total.Node)]));
        executable.Run();
        for (var i = 0; i < leaves.Length; i++)
        {
            var label = leaves[i].Label is { } name ? $"{name} gradient" : null;
            leaves[i].Leaf!.Gradient = Tensor.Weight(executable.Output(i), label);
        }
    }
}
