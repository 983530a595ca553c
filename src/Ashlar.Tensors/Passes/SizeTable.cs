namespace Ashlar.Tensors.Passes;

/// <summary>The sizes that a program's kernels are launched with, numbered, so that a run computes each once.</summary>
/// <param name="symbols">The symbols, in the order in which their values are given.</param>
internal sealed class SizeTable(Symbol[] symbols)
{
    private readonly Dictionary<Dim, int> _numbers = [];
    private readonly List<CompiledSize> _sizes = [];

    /// <summary>How many sizes there are.</summary>
    public int Count => _sizes.Count;

    /// <summary>The number of a size.</summary>
    public int NumberOf(Dim size)
    {
        if (_numbers.TryGetValue(size, out var number)) return number;
        _sizes.Add(new CompiledSize(size, symbols));
        return _numbers[size] = _sizes.Count - 1;
    }

    /// <summary>Computes every size.</summary>
    /// <exception cref="OverflowException">A size does not fit 63 bits.</exception>
    public void Evaluate(ReadOnlySpan<long> values, Span<long> sizes)
    {
        for (var i = 0; i < _sizes.Count; i++) sizes[i] = _sizes[i].Evaluate(values);
    }
}
