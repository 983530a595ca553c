namespace Ashlar.Tensors.Batching;

/// <summary>A node of one sample, some of whose inputs there are for all samples.</summary>
/// <param name="node">The node.</param>
/// <param name="batched">What depends on the sample, for all of them: with the samples along a first axis more.</param>
/// <param name="size">How many samples there are.</param>
internal sealed class BatchedNode(Node node, IReadOnlyDictionary<Node, Tensor> batched, Dim size)
{
    /// <summary>The node of one sample.</summary>
    public Node Node => node;

    /// <summary>How many samples there are.</summary>
    public Dim Size => size;

    /// <summary>Whether an input depends on the sample.</summary>
    public bool IsBatched(int input) => batched.ContainsKey(node.Inputs[input]);

    /// <summary>An input as it is: for all samples where it depends on them.</summary>
    public Tensor AsIs(int input) => batched.GetValueOrDefault(node.Inputs[input]) ?? new Tensor(node.Inputs[input]);

    /// <summary>An input for all samples, (samples, ...): repeated where it depends on none.</summary>
    public Tensor All(int input) => batched.GetValueOrDefault(node.Inputs[input])
        ?? new Tensor(node.Inputs[input]).Expand([size, .. node.Inputs[input].Shape]);

    /// <summary>An input that broadcasts with others for all samples: with its own axes aligned to the result's last.</summary>
    public Tensor Aligned(int input)
    {
        if (!IsBatched(input)) return AsIs(input);
        var shape = node.Inputs[input].Shape;
        return AsIs(input).Reshape([size, .. Enumerable.Repeat((Dim)1, node.Shape.Rank - shape.Rank), .. shape]);
    }

    /// <summary>An input whose first axis has those of all samples, one behind the other: (samples * n, ...).</summary>
    public Tensor Joined(int input) => Join(All(input));

    /// <summary>
    /// An input of I32 places, (samples * n, ...), in tables of so many places that lie one behind the other, one for each
    /// sample.
    /// </summary>
    /// <exception cref="NotSupportedException">The number of places is known only when the graph runs.</exception>
    public Tensor JoinedPlaces(int input, Dim places) => Join(Places(input, places));

    /// <summary>As <see cref="JoinedPlaces"/>, with the samples along an axis of their own.</summary>
    public Tensor Places(int input, Dim places)
    {
        if (!places.IsConstant) throw Error($"of {places} places, a number that is known only when the graph runs");
        var all = All(input);
        var starts = Tensor.Range(size) * Tensor.Scalar(places.Value, DType.I32);
        return all + starts.Reshape([size, .. Enumerable.Repeat((Dim)1, all.Shape.Rank - 1)]);
    }

    /// <summary>The result for all samples from rows of all samples.</summary>
    public Tensor Split(Tensor joined) => joined.Reshape([size, .. node.Shape]);

    /// <summary>An error that names the operation.</summary>
    public NotSupportedException Error(string reason) => new(
        $"{node.Op.Describe(node.Inputs.AsSpan())}: the operation '{node.Op.Name}' cannot be computed for many samples {reason}");

    private Tensor Join(Tensor all) => all.Reshape([size * all.Shape[1], .. all.Shape.Skip(2)]);
}
