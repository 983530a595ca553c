using System.Collections.Immutable;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Autodiff;

/// <summary>Automatic differentiation: from a graph to the graph of its derivatives.</summary>
public static class Gradient
{
    /// <summary>The derivatives of one number with respect to values that it was computed from, in reverse mode.</summary>
    /// <remarks>
    /// The result are nodes like any others: they can be differentiated again, and are compiled together with the graph that they
    /// came from, whose values they use. What is added up in a gradient is added in an order that the graph fixes. Where
    /// a maximum has several elements, they share its gradient equally; |x| has none at 0. Values that the lazy front end has
    /// computed already are leaves, but for those that depend on a tensor which <see cref="Tensor.RequiresGradient">wants a
    /// gradient</see>.
    /// </remarks>
    /// <param name="of">A value of one element, F32 or F64.</param>
    /// <param name="respectTo">Floating-point values; leaves of the graph or not.</param>
    /// <returns>
    /// One gradient for each, of its shape: F64 for F64, else F32. Zeros where the number does not depend on it.
    /// </returns>
    /// <exception cref="ArgumentException">The value has more than one element, or one that counts is no float.</exception>
    /// <exception cref="NotSupportedException">An operation in between has no gradient rule; the message names it.</exception>
    public static Node[] Of(Node of, ReadOnlySpan<Node> respectTo) => Of(of, respectTo, []);

    /// <summary>
    /// The derivatives of one number, for less memory: values in between are computed twice instead of being kept.
    /// </summary>
    /// <remarks>
    /// Bit by bit the same gradients. What gradients read is computed again from the kept values that it depends on, when the
    /// gradient of the kept value that follows is there; all but what depends on no kept value, and what comes after the last. So
    /// keeping what goes from each layer to the next lets go of what is within the layers.
    /// </remarks>
    /// <param name="of">A value of one element, F32 or F64.</param>
    /// <param name="respectTo">Floating-point values; leaves of the graph or not.</param>
    /// <param name="kept">The values from which others are computed again; none for keeping everything.</param>
    /// <returns>
    /// One gradient for each, of its shape: F64 for F64, else F32. Zeros where the number does not depend on it.
    /// </returns>
    /// <exception cref="ArgumentException">The value has more than one element, or one that counts is no float.</exception>
    /// <exception cref="NotSupportedException">An operation in between has no gradient rule; the message names it.</exception>
    public static Node[] Of(Node of, ReadOnlySpan<Node> respectTo, ReadOnlySpan<Node> kept)
    {
        ArgumentNullException.ThrowIfNull(of);
        if (of.Shape.Elements != 1L || of.Type is not (DType.F32 or DType.F64))
        {
            throw new ArgumentException(
                $"{of.Describe()} is not one number of F32 or F64, so it has no gradient; sum it, or cast it, first", nameof(of));
        }

        return Of(of, Tensor.Scalar(1, of.Type).Expand(of.Shape).Node, respectTo, kept);
    }

    /// <summary>The derivatives of the sum of a value's elements, each times its weight.</summary>
    /// <param name="of">A value, F32 or F64.</param>
    /// <param name="upstream">The weights: the gradient of whatever the value goes into, of its shape and type.</param>
    /// <param name="respectTo">Floating-point values.</param>
    /// <param name="kept">The values from which others are computed again.</param>
    internal static Node[] Of(Node of, Node upstream, ReadOnlySpan<Node> respectTo, ReadOnlySpan<Node> kept = default)
    {
        foreach (var node in respectTo)
        {
            if (!node.Type.IsFloat)
            {
                throw new ArgumentException($"{node.Describe()} is no float, so nothing has a gradient with respect to it");
            }
        }

        var nodes = Graph.Sort([of], node => node.Sources);
        var depends = Depending(nodes, respectTo);
        var recomputation = kept.IsEmpty ? null : new Recomputation(nodes, kept);
        var sums = new Dictionary<Node, GradientSum> { [of] = new() };
        sums[of].Add(new Tensor(upstream));
        var gradients = new Dictionary<Node, Node>();
        foreach (var node in nodes.Reverse())
        {
            if (!depends.Contains(node) || !sums.Remove(node, out var sum)) continue;
            var total = sum.Total(node.Shape);
            gradients[node] = total.Node;
            recomputation?.Reach(node, total.Node);
            if (node.Op is Detach || !node.Sources.Any(depends.Contains)) continue;
            var contributions = GradientRules.Of(recomputation?.ForRule(node, total.Node) ?? node, total);
            for (var i = 0; i < contributions.Length; i++)
            {
                var input = node.Sources[i];
                if (contributions[i].Value is not null && depends.Contains(input)) SumOf(input).Add(contributions[i]);
            }
        }

        var result = new Node[respectTo.Length];
        for (var i = 0; i < result.Length; i++)
        {
            var node = respectTo[i];
            result[i] = gradients.GetValueOrDefault(node)
                ?? Tensor.Scalar(0, GradientRules.TypeOf(node)).Expand(node.Shape).Node;
        }

        return result;

        GradientSum SumOf(Node node) => sums.TryGetValue(node, out var sum) ? sum : sums[node] = new GradientSum();
    }

    // The values that a gradient passes through on its way to those that are asked for.
    private static HashSet<Node> Depending(ImmutableArray<Node> nodes, ReadOnlySpan<Node> respectTo)
    {
        var depends = new HashSet<Node>();
        foreach (var node in respectTo) depends.Add(node);
        foreach (var node in nodes)
        {
            if (node.Type.IsFloat && node.Op is not Detach && node.Sources.Any(depends.Contains)) depends.Add(node);
        }

        return depends;
    }
}
