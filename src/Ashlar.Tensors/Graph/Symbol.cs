namespace Ashlar.Tensors;

/// <summary>A size that is known only when a graph runs, such as the number of tokens in a batch.</summary>
/// <param name="Name">What the size counts, as the field calls it: <c>tokens</c>, <c>sequences</c>, <c>blocks</c>.</param>
/// <param name="Min">The smallest value that may be bound, 0 or more.</param>
/// <param name="Max">The largest value that may be bound.</param>
/// <param name="MultipleOf">What every bound value is a multiple of, 1 or more.</param>
public sealed record Symbol(string Name, long Min = 1, long Max = long.MaxValue, long MultipleOf = 1)
{
    /// <inheritdoc cref="Symbol(string, long, long, long)"/>
    public long Min { get; } = Min >= 0 ? Min : throw new ArgumentOutOfRangeException(nameof(Min), Min, $"'{Name}' is a size");

    /// <inheritdoc cref="Symbol(string, long, long, long)"/>
    public long MultipleOf { get; } = MultipleOf >= 1
        ? MultipleOf
        : throw new ArgumentOutOfRangeException(nameof(MultipleOf), MultipleOf, $"'{Name}' is a size");

    /// <summary>Checks a value against the bounds.</summary>
    /// <exception cref="ArgumentException">The value is out of the bounds; the message names the symbol.</exception>
    public void Check(long value)
    {
        if (value < Min || value > Max || value % MultipleOf != 0)
        {
            var most = Max == long.MaxValue ? "or more" : $"to {Max}";
            var steps = MultipleOf > 1 ? $" in steps of {MultipleOf}" : "";
            throw new ArgumentException($"'{Name}' cannot be {value}: it takes {Min} {most}{steps}");
        }
    }

    /// <summary>An order for canonical forms: by name, then by bounds, so that only equal symbols compare equal.</summary>
    internal static int Compare(Symbol left, Symbol right) => string.CompareOrdinal(left.Name, right.Name) is not 0 and var order
        ? order
        : (left.Min, left.Max, left.MultipleOf).CompareTo((right.Min, right.Max, right.MultipleOf));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
