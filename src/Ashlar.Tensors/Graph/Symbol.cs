namespace Ashlar.Tensors;

/// <summary>A size that is known only when a graph runs, such as the number of tokens in a batch.</summary>
/// <param name="Name">What the size counts, as the field calls it: <c>tokens</c>, <c>sequences</c>, <c>blocks</c>.</param>
/// <param name="Min">The smallest value that may be bound, 0 or more.</param>
/// <param name="Max">The largest value that may be bound.</param>
/// <param name="MultipleOf">What every bound value is a multiple of, 1 or more.</param>
public sealed record Symbol(string Name, long Min = 1, long Max = long.MaxValue, long MultipleOf = 1)
{
    /// <summary>Checks a value against the bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of the bounds; the message names the symbol.</exception>
    public void Check(long value)
    {
        if (value < Min || value > Max || value % MultipleOf != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value,
                $"'{Name}' takes {Min} to {Max}{(MultipleOf > 1 ? $" in steps of {MultipleOf}" : "")}");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
