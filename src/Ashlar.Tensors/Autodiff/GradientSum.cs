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
        var open = new List<Contribution>(_contributions);
        while (open.Count > 0)
        {
            var part = open[0].Axis < 0 ? TakeFirst(open) : Join(TakeDisjoint(open), shape);
            sum = sum is null ? part : sum + part;
        }

        return sum!;
    }

    private static Tensor TakeFirst(List<Contribution> open)
    {
        var first = open[0].Value!;
        open.RemoveAt(0);
        return first;
    }

    // The first part, and of the later ones along its axis those that overlap with none taken before; by their places.
    private static List<Contribution> TakeDisjoint(List<Contribution> open)
    {
        var (axis, taken, left) = (open[0].Axis, new List<Contribution>(), new List<Contribution>());
        foreach (var part in open)
        {
            var fits = part.Axis == axis && taken.All(other => EndsBefore(part, other) || EndsBefore(other, part));
            (fits ? taken : left).Add(part);
        }

        open.Clear();
        open.AddRange(left);
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
