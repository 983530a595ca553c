namespace Ashlar.Tensors.Autodiff;

/// <summary>
/// Adds up what the uses of a value contribute to its gradient, in the order in which they came. Parts along one axis that do not
/// overlap, such as queries, keys and values cut from one product, are joined instead of being filled up with zeros and added.
/// </summary>
internal sealed class GradientSum
{
    private readonly List<Contribution> _contributions = [];

    /// <summary>Notes a contribution.</summary>
    public void Add(Contribution contribution) => _contributions.Add(contribution);

    /// <summary>The sum for a value of this shape.</summary>
    public Tensor Total(Shape shape)
    {
        Tensor? sum = null;
        var isAdded = new bool[_contributions.Count];
        for (var i = 0; i < isAdded.Length; i++)
        {
            if (isAdded[i]) continue;
            var part = _contributions[i].Axis < 0 ? _contributions[i].Value! : Join(TakeDisjoint(i, isAdded), shape);
            sum = sum is null ? part : sum + part;
        }

        return sum!;
    }

    // A part, and of the later ones along its axis those that overlap with none taken before; by their places.
    private List<Contribution> TakeDisjoint(int first, bool[] isAdded)
    {
        var taken = new List<Contribution>();
        for (var i = first; i < isAdded.Length; i++)
        {
            var part = _contributions[i];
            if (isAdded[i] || part.Axis != _contributions[first].Axis) continue;
            if (!taken.All(other => EndsBefore(part, other) || EndsBefore(other, part))) continue;
            taken.Add(part);
            isAdded[i] = true;
        }

        taken.Sort((a, b) => a.Start.CompareTo(b.Start));
        return taken;
    }

    private static bool EndsBefore(Contribution part, Contribution other) =>
        part.Value!.Shape[part.Axis] is { IsConstant: true } length && part.Start + length.Value <= other.Start;

    private static Tensor Join(List<Contribution> parts, Shape shape)
    {
        var (axis, type) = (parts[0].Axis, parts[0].Value!.Type);
        var pieces = new List<Tensor>();
        Dim end = 0;
        foreach (var part in parts)
        {
            Fill(part.Start);
            pieces.Add(part.Value!);
            end = part.Start + part.Value!.Shape[axis];
        }

        Fill(shape[axis]);
        return pieces.Count == 1 ? pieces[0] : Tensor.Concat(axis, [.. pieces]);

        void Fill(Dim to)
        {
            if (to != end) pieces.Add(Tensor.Scalar(0, type).Expand(shape.With(axis, to - end)));
        }
    }
}
