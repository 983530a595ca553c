namespace Ashlar.Tensors.Passes;

/// <summary>A size in a form that is evaluated without searching or allocating.</summary>
internal sealed class CompiledSize
{
    private readonly (long Coefficient, int[] Symbols)[] _parts;

    /// <summary>Compiles a size.</summary>
    /// <param name="size">The size.</param>
    /// <param name="symbols">The symbols, in the order in which their values will be given.</param>
    /// <exception cref="KeyNotFoundException">A symbol of the size is not among them.</exception>
    public CompiledSize(Dim size, Symbol[] symbols) => _parts =
    [
        .. size.Summands.Select(part => (part.Coefficient, part.Symbols.Select(symbol => IndexOf(symbol, symbols)).ToArray())),
    ];

    /// <summary>Whether larger symbols never make the size smaller.</summary>
    public bool IsMonotonic => Array.TrueForAll(_parts, part => part.Coefficient >= 0);

    /// <summary>The size for these values of the symbols.</summary>
    /// <exception cref="OverflowException">It does not fit 63 bits.</exception>
    public long Evaluate(ReadOnlySpan<long> values)
    {
        long sum = 0;
        foreach (var (coefficient, factors) in _parts)
        {
            var product = coefficient;
            foreach (var factor in factors) product = checked(product * values[factor]);
            sum = checked(sum + product);
        }

        return sum;
    }

    private static int IndexOf(Symbol symbol, Symbol[] symbols) => Array.IndexOf(symbols, symbol) is >= 0 and var index
        ? index
        : throw new KeyNotFoundException($"no input gives the size '{symbol}'");
}
