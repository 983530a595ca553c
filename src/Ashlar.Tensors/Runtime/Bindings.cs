using System.Runtime.InteropServices;

namespace Ashlar.Tensors.Runtime;

/// <summary>What a graph's inputs and states are bound to, and the sizes that follow from it.</summary>
internal sealed class Bindings
{
    private readonly Node[] _given;
    private readonly TensorData?[] _data;
    private readonly Symbol?[][] _axes; // (given, axes): the symbol that an axis is, or null
    private readonly long[][] _constants; // (given, axes): the size of an axis where it is constant, else -1
    private readonly Dictionary<Symbol, long> _symbols = [];

    public Bindings(Graph graph)
    {
        _given = [.. graph.Inputs];
        _data = new TensorData?[_given.Length];
        _axes = [.. _given.Select(node => node.Shape.Select(dim => dim.AsSymbol).ToArray())];
        _constants = [.. _given.Select(node => node.Shape.Select(dim => dim.IsConstant ? dim.Value : -1).ToArray())];
        Symbols = [.. _axes.SelectMany(axes => axes).OfType<Symbol>().Distinct()];
        SymbolValues = new long[Symbols.Length];
    }

    /// <summary>The symbols that inputs give values to.</summary>
    public Symbol[] Symbols { get; }

    /// <summary>The values that the last <see cref="Solve()"/> found, in the order of <see cref="Symbols"/>.</summary>
    public long[] SymbolValues { get; }

    /// <summary>The same, by symbol.</summary>
    public IReadOnlyDictionary<Symbol, long> Values => _symbols;

    /// <summary>The data bound to an input or state.</summary>
    public TensorData this[Node given] => _data[Array.IndexOf(_given, given)]!;

    /// <summary>The number under which <see cref="Data"/> knows an input or state.</summary>
    public int NumberOf(Node given) => Array.FindIndex(
        _given, node => node == given || (node.Op == given.Op && node.Op is not Operations.State));

    /// <summary>The data bound to an input or state by number.</summary>
    public TensorData Data(int number) => _data[number]!;

    /// <summary>Binds an input or state.</summary>
    /// <exception cref="ArgumentException">No input is called so, or type or rank differ.</exception>
    public void Bind(string key, TensorData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var index = -1;
        for (var i = 0; i < _given.Length && index < 0; i++)
        {
            if (Graph.KeyOf(_given[i]) == key) index = i;
        }

        if (index < 0) throw new ArgumentException($"the graph has no input '{key}'; it has {Keys()}", nameof(key));
        var node = _given[index];
        if (node.Type != data.Type || node.Shape.Rank != data.Sizes.Length)
        {
            throw new ArgumentException($"input '{key}' is {node.Type} {node.Shape} and cannot be {data}", nameof(data));
        }

        for (var i = index; i < _given.Length; i++)
        {
            if (Graph.KeyOf(_given[i]) == key) _data[i] = data;
        }
    }

    /// <summary>Checks that everything is bound, and to nothing that lies in memory that a run writes.</summary>
    /// <exception cref="InvalidOperationException">Something is not bound, or to an output; the message names it.</exception>
    public void Check(GraphProgram program)
    {
        for (var i = 0; i < _given.Length; i++)
        {
            if (_data[i] is not { } data)
            {
                throw new InvalidOperationException(
                    $"input '{Graph.KeyOf(_given[i])}' {_given[i].Type} {_given[i].Shape} is not bound");
            }

            if (program.Overwrites(data))
            {
                throw new InvalidOperationException($"input '{Graph.KeyOf(_given[i])}' is bound to an output of the run before, "
                    + "which this run overwrites; copy it first");
            }
        }
    }

    /// <summary>
    /// Inputs give the symbols their values where a size is a symbol alone; the other sizes must then agree.
    /// </summary>
    /// <exception cref="InvalidOperationException">A size contradicts another, or a symbol has no value.</exception>
    public void Solve()
    {
        _symbols.Clear();
        for (var i = 0; i < _given.Length; i++)
        {
            for (var axis = 0; axis < _axes[i].Length; axis++)
            {
                if (_axes[i][axis] is { } symbol) Solve(i, symbol, _data[i]!.Sizes[axis]);
            }
        }

        for (var i = 0; i < _given.Length; i++) CheckSizes(i);
        for (var i = 0; i < Symbols.Length; i++) SymbolValues[i] = _symbols[Symbols[i]];
    }

    /// <summary>The sizes of a run, for errors: <c>3 tokens, 1 outputs</c>.</summary>
    public string DescribeSizes() => Symbols.Length == 0
        ? "sizes that are constant"
        : string.Join(", ", Symbols.Select((symbol, i) => $"{SymbolValues[i]} {symbol}"));

    private void Solve(int given, Symbol symbol, long size)
    {
        ref var value = ref CollectionsMarshal.GetValueRefOrAddDefault(_symbols, symbol, out var isKnown);
        if (isKnown && value == size) return;
        try
        {
            symbol.Check(size);
        }
        catch (ArgumentException error)
        {
            throw new InvalidOperationException($"{Describe(given)}: {error.Message}", error);
        }

        if (isKnown) throw new InvalidOperationException($"{Describe(given)}, but another input has {value} {symbol}");
        value = size;
    }

    private void CheckSizes(int given)
    {
        var shape = _given[given].Shape.Dims;
        var sizes = _data[given]!.Sizes;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (_axes[given][axis] is not null || _constants[given][axis] == sizes[axis]) continue;
            var missing = shape[axis].Symbols.FirstOrDefault(symbol => !_symbols.ContainsKey(symbol));
            if (missing is not null)
            {
                throw new InvalidOperationException($"{Describe(given)}: no input has an axis of size '{missing}' alone");
            }

            var expected = shape[axis].Evaluate(_symbols);
            if (sizes[axis] != expected)
            {
                throw new InvalidOperationException($"{Describe(given)}: axis {axis} has size {sizes[axis]}, not {expected}");
            }
        }
    }

    private string Describe(int given) =>
        $"input '{Graph.KeyOf(_given[given])}' {_given[given].Type} {_given[given].Shape} is bound to {_data[given]}";

    private string Keys() => _given.Length == 0 ? "none" : string.Join(", ", _given.Select(node => $"'{Graph.KeyOf(node)}'"));
}
