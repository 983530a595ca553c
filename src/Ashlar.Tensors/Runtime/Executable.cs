using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Reference;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Runtime;

/// <summary>A graph made ready to run many times. One run at a time; dispose it when it is needed no more.</summary>
public sealed class Executable : IDisposable
{
    private readonly Graph _graph;
    private readonly Node[] _given; // inputs and states
    private readonly ReferenceBackend _backend;
    private readonly BlockPool _pool = new();
    private readonly Dictionary<string, TensorData> _bindings = new(StringComparer.Ordinal);
    private readonly Dictionary<Symbol, long> _symbols = [];
    private readonly int[][] _inputs; // (nodes, inputs of each): which node
    private readonly int[][] _dead; // (nodes, any): values that no later node needs
    private readonly Value[] _values;
    private readonly int[] _outputs;
    private int _isRunning;
    private bool _hasRun;
    private bool _isDisposed;

    /// <summary>Makes a graph ready to run.</summary>
    /// <param name="graph">What to compute.</param>
    /// <param name="threads">How many threads may compute, 0 for as many as the process may use.</param>
    public Executable(Graph graph, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _graph = graph;
        _given = [.. graph.Inputs];
        _backend = new ReferenceBackend(threads == 0 ? Environment.ProcessorCount : threads);
        _values = new Value[graph.Nodes.Length];
        var numbers = graph.Nodes.Select((node, index) => (node, index)).ToDictionary(pair => pair.node, pair => pair.index);
        _inputs = [.. graph.Nodes.Select(node => node.Inputs.Select(input => numbers[input]).ToArray())];
        _outputs = [.. graph.Outputs.Select(output => numbers[output])];
        var lastUse = new int[graph.Nodes.Length];
        for (var i = 0; i < _inputs.Length; i++)
        {
            lastUse[i] = i;
            foreach (var input in _inputs[i]) lastUse[input] = i;
        }

        foreach (var output in _outputs) lastUse[output] = int.MaxValue;
        var deadAt = Enumerable.Range(0, lastUse.Length).ToLookup(i => lastUse[i]);
        _dead = [.. Enumerable.Range(0, lastUse.Length).Select(i => deadAt[i].ToArray())];
    }

    /// <summary>Bytes of the memory that the executable keeps for its values.</summary>
    internal long PooledBytes => _pool.Bytes;

    /// <summary>
    /// Gives an input or a state its value for the coming runs. The memory stays the caller's: a run reads what is in it then.
    /// </summary>
    /// <exception cref="ArgumentException">No input is called so, or type or rank differ.</exception>
    public void Bind(string key, TensorData data)
    {
        var node = Array.Find(_given, node => Graph.KeyOf(node) == key)
            ?? throw new ArgumentException($"the graph has no input '{key}'; it has {Keys()}", nameof(key));
        if (node.Type != data.Type || node.Shape.Rank != data.Sizes.Length)
        {
            throw new ArgumentException($"input '{key}' is {node.Type} {node.Shape} and cannot be {data}", nameof(data));
        }

        _bindings[key] = data;
    }

    /// <summary>Computes every output from the bound inputs. The outputs of the run before become invalid.</summary>
    /// <exception cref="InvalidOperationException">
    /// An input is not bound, its sizes contradict another's, or an index is out of range; the message names it. States may then
    /// have been written in part; inputs are untouched, and the executable can run again.
    /// </exception>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            throw new InvalidOperationException("another thread runs this executable; make one for each");
        }
        try
        {
            CheckBindings();
            SolveSymbols();
            _hasRun = false;
            foreach (var output in _outputs) Release(output);
            for (var i = 0; i < _values.Length; i++)
            {
                Evaluate(i);
                foreach (var dead in _dead[i]) Release(dead);
            }

            _hasRun = true;
        }
        finally
        {
            if (!_hasRun) ReleaseAll();
            Volatile.Write(ref _isRunning, 0);
        }
    }

    /// <summary>An output of the last run. Its elements are valid until the next run begins.</summary>
    /// <exception cref="InvalidOperationException">There was no run, or the last one failed.</exception>
    public TensorData Output(int index)
    {
        if (!_hasRun) throw new InvalidOperationException("there is no output: nothing was run yet, or the last run failed");
        var value = _values[_outputs[index]];
        value.Memory?.Block.IsLent = true;
        return value.Data!;
    }

    /// <summary>Frees the memory of every value. What <see cref="Output"/> returned stays valid.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _hasRun = false;
        ReleaseAll();
        _pool.Dispose();
    }

    private void Evaluate(int index)
    {
        var node = _graph.Nodes[index];
        try
        {
            if (node.Realized is not null) _values[index] = new Value(node.Realized, null);
            else if (node.Op is Weight weight) _values[index] = new Value(weight.Data, null);
            else if (Graph.KeyOf(node) is { } key) _values[index] = new Value(_bindings[key], null);
            else Compute(index, node);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or ArithmeticException
            or KeyNotFoundException)
        {
            var name = node.Label is null ? "" : $"'{node.Label}' = ";
            throw new InvalidOperationException($"{name}{node.Op.Describe(node.Inputs.AsSpan())}: {error.Message}", error);
        }
    }

    private unsafe void Compute(int index, Node node)
    {
        var inputs = new TensorData[_inputs[index].Length];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = _values[_inputs[index][i]].Data!;
        var sizes = node.Shape.Evaluate(_symbols);
        if (node.Op is Reshape or Store)
        {
            // The result is the first input's memory under another name.
            if (node.Op is Store) _backend.Compute(node, inputs, inputs[0]);
            var shared = _values[_inputs[index][0]].Memory;
            if (shared is not null) shared.Users++;
            _values[index] = new Value(inputs[0].View(sizes), shared);
            return;
        }

        var memory = new Memory(_pool.Rent(node.Type.ByteLength(TensorData.CountElements(sizes))));
        var output = TensorData.Wrap(memory.Block.Pointer, memory.Block, node.Type, sizes);
        _values[index] = new Value(output, memory);
        _backend.Compute(node, inputs, output);
    }

    private void ReleaseAll()
    {
        for (var i = 0; i < _values.Length; i++) Release(i);
    }

    private void Release(int index)
    {
        if (_values[index].Memory is { } memory && --memory.Users == 0) _pool.Return(memory.Block);
        _values[index] = default;
    }

    private unsafe void CheckBindings()
    {
        foreach (var node in _given)
        {
            var key = Graph.KeyOf(node)!;
            if (!_bindings.TryGetValue(key, out var data))
            {
                throw new InvalidOperationException($"input '{key}' {node.Type} {node.Shape} is not bound");
            }
            foreach (var output in _outputs)
            {
                if (_values[output].Memory is { Block: var block }
                    && data.Pointer >= block.Pointer && data.Pointer < block.Pointer + block.Bytes)
                {
                    throw new InvalidOperationException(
                        $"input '{key}' is bound to an output of the run before, which this run overwrites; copy it first");
                }
            }
        }
    }

    // Inputs give the symbols their values where a size is a symbol alone; the other sizes must then agree.
    private void SolveSymbols()
    {
        _symbols.Clear();
        foreach (var node in _given)
        {
            var data = _bindings[Graph.KeyOf(node)!];
            for (var axis = 0; axis < node.Shape.Rank; axis++)
            {
                if (node.Shape[axis].AsSymbol is not { } symbol) continue;
                try
                {
                    symbol.Check(data.Sizes[axis]);
                }
                catch (ArgumentException error)
                {
                    throw new InvalidOperationException($"{Given(node)}: {error.Message}", error);
                }

                ref var value = ref CollectionsMarshal.GetValueRefOrAddDefault(_symbols, symbol, out var isKnown);
                if (isKnown && value != data.Sizes[axis])
                {
                    throw new InvalidOperationException($"{Given(node)}, but another input has {value} {symbol}");
                }

                value = data.Sizes[axis];
            }
        }

        foreach (var node in _given)
        {
            for (var axis = 0; axis < node.Shape.Rank; axis++)
            {
                var missing = node.Shape[axis].Symbols.FirstOrDefault(symbol => !_symbols.ContainsKey(symbol));
                if (missing is not null)
                {
                    throw new InvalidOperationException($"{Given(node)}: no input has an axis of size '{missing}' alone");
                }
                var expected = node.Shape[axis].Evaluate(_symbols);
                var size = _bindings[Graph.KeyOf(node)!].Sizes[axis];
                if (size != expected)
                {
                    throw new InvalidOperationException($"{Given(node)}: axis {axis} has size {size}, not {expected}");
                }
            }
        }
    }

    private string Given(Node node) =>
        $"input '{Graph.KeyOf(node)}' {node.Type} {node.Shape} is bound to {_bindings[Graph.KeyOf(node)!]}";

    private string Keys() => _given.Length == 0 ? "none" : string.Join(", ", _given.Select(node => $"'{Graph.KeyOf(node)}'"));

    private sealed class Memory(NativeBlock block)
    {
        public NativeBlock Block => block;

        public int Users { get; set; } = 1;
    }

    private readonly record struct Value(TensorData? Data, Memory? Memory);
}
