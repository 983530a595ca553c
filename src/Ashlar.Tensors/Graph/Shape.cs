using System.Collections;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Ashlar.Tensors;

/// <summary>The sizes of a tensor's axes, outermost first; a scalar has none. Written as <c>[tokens, 64]</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<Dim>
{
    private readonly ImmutableArray<Dim> _dims;

    private Shape(ImmutableArray<Dim> dims) => _dims = dims;

    /// <summary>The sizes, outermost first.</summary>
    public ImmutableArray<Dim> Dims => _dims.IsDefault ? [] : _dims;

    /// <summary>The number of axes.</summary>
    public int Rank => Dims.Length;

    /// <inheritdoc/>
    public int Count => Rank;

    /// <summary>The number of elements: the product of the sizes, 1 for a scalar.</summary>
    public Dim Elements => Dims.Aggregate((Dim)1L, (product, dim) => product * dim);

    /// <summary>Whether every size is constant.</summary>
    public bool IsConstant => Dims.All(dim => dim.IsConstant);

    /// <summary>The size of one axis.</summary>
    public Dim this[int axis] => Dims[axis];

    /// <summary>A shape of these sizes, outermost first.</summary>
    public static Shape Create(ReadOnlySpan<Dim> dims) => new([.. dims]);

    /// <summary>A constant shape of these sizes, outermost first.</summary>
    public static Shape Of(params ReadOnlySpan<long> sizes)
    {
        var dims = ImmutableArray.CreateBuilder<Dim>(sizes.Length);
        foreach (var size in sizes) dims.Add(size);
        return new Shape(dims.MoveToImmutable());
    }

    /// <summary>The same shape with one axis resized.</summary>
    public Shape With(int axis, Dim size) => new(Dims.SetItem(axis, size));

    /// <summary>An axis counted from the front, or from the back where negative, as one counted from the front.</summary>
    internal static int AxisFromFront(int axis, int rank) => axis < 0 ? axis + rank : axis;

    /// <summary>
    /// The shape that two operands of an element-wise operation share: axes are aligned from the last, and one of size 1
    /// (or absent) stretches to the other's size. Null where two sizes disagree.
    /// </summary>
    public static Shape? TryBroadcast(Shape left, Shape right)
    {
        var rank = Math.Max(left.Rank, right.Rank);
        var dims = ImmutableArray.CreateBuilder<Dim>(rank);
        for (var axis = 0; axis < rank; axis++)
        {
            var a = axis - rank + left.Rank is >= 0 and var i ? left[i] : 1;
            var b = axis - rank + right.Rank is >= 0 and var j ? right[j] : 1;
            if (a == b || b == 1) dims.Add(a);
            else if (a == 1) dims.Add(b);
            else return null;
        }

        return new Shape(dims.MoveToImmutable());
    }

    /// <summary>The sizes under given values of the symbols.</summary>
    public long[] Evaluate(IReadOnlyDictionary<Symbol, long> symbols)
    {
        var sizes = new long[Rank];
        for (var axis = 0; axis < sizes.Length; axis++) sizes[axis] = Dims[axis].Evaluate(symbols);
        return sizes;
    }

    /// <summary>Whether two shapes are equal for every value of their symbols.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ for some value of their symbols.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dims.SequenceEqual(other.Dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Dims.Aggregate(Rank, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(", ", Dims)})";

    /// <inheritdoc/>
    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)Dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
