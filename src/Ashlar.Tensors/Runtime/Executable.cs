using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Reference;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Runtime;

/// <summary>A graph made ready to run many times. One run at a time; dispose it when no output is needed any more.</summary>
public sealed class Executable : IDisposable
{
    private readonly Graph _graph;
    private readonly ReferenceBackend _backend;
    private readonly BlockPool _pool = new();
    private readonly Dictionary<string, TensorData> _bindings = new(StringComparer.Ordinal);
    private readonly Dictionary<Symbol, long> _symbols = [];
    private readonly int[][] _inputs; // (nodes, inputs of each): which node
    private readonly int[][] _dead; // (nodes, any): values that no later node needs
    private readonly Value[] _values;
    private readonly int[] _outputs;

    /// <summary>Makes a graph ready to run.</summary>
    /// <param name="graph">What to compute.</param>
    /// <param name="threads">How many threads may compute, 0 for as many as the process may use.</param>
    public Executable(Graph graph, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _graph = graph;
        _backend = new ReferenceBackend(threads == 0 ? Environment.ProcessorCount : threads);
        _values = new Value[graph.Nodes.Length];
        var numbers = graph.Nodes.Select((node, index) => (node, index)).ToDictionary(pair => pair.node, pair => pair.index);
        _inputs = [.. graph.Nodes.Select(node => node.Realized is null ? node.Inputs.Select(input => numbers[input]).ToArray() : [])];
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

    /// <summary>Gives an input or a state its value for the coming runs.</summary>
    /// <exception cref="ArgumentException">No input is called so, or type or rank differ.</exception>
    public void Bind(string key, TensorData data)
    {
        var node = _graph.Inputs.FirstOrDefault(node => KeyOf(node) == key)
            ?? throw new ArgumentException($"the graph has no input '{key}'", nameof(key));
        if (node.Type != data.Type || node.Shape.Rank != data.Sizes.Length)
        {
            throw new ArgumentException($"input {node.Describe()} cannot be {data}", nameof(data));
        }

        _bindings[key] = data;
    }

    /// <summary>Computes every output from the bound inputs. The outputs of the run before become invalid.</summary>
    /// <exception cref="InvalidOperationException">An input is not bound, or its sizes contradict another's; the message names it.</exception>
    public void Run()
    {
        SolveSymbols();
        foreach (var output in _outputs) Release(output);
        for (var i = 0; i < _values.Length; i++)
        {
            _values[i] = Evaluate(i);
            foreach (var dead in _dead[i]) Release(dead);
        }
    }

    /// <summary>An output of the last run; valid until the next run or disposal.</summary>
    public TensorData Output(int index) => _values[_outputs[index]].Data ?? throw new InvalidOperationException("nothing was run yet");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var output in _outputs) Release(output);
        _pool.Dispose();
    }

    private Value Evaluate(int index)
    {
        var node = _graph.Nodes[index];
        if (node.Realized is not null) return new Value(node.Realized, null);
        switch (node.Op)
        {
            case Weight weight: return new Value(weight.Data, null);
            case Input or State: return new Value(_bindings[KeyOf(node)!], null);
        }

        var inputs = new TensorData[_inputs[index].Length];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = _values[_inputs[index][i]].Data!;
        var sizes = node.Shape.Evaluate(_symbols);
        if (node.Op is Reshape or Store)
        {
            // The result is the first input's memory under another name.
            if (node.Op is Store) _backend.Compute(node, inputs, inputs[0]);
            var shared = _values[_inputs[index][0]].Memory;
            if (shared is not null) shared.Users++;
            return new Value(inputs[0].View(sizes), shared);
        }

        var memory = new Memory(_pool.Rent(node.Type.ByteLength(TensorData.CountElements(sizes))));
        unsafe
        {
            var output = TensorData.Wrap(memory.Block.Pointer, memory.Block, node.Type, sizes);
            _backend.Compute(node, inputs, output);
            return new Value(output, memory);
        }
    }

    private void Release(int index)
    {
        if (_values[index].Memory is { } memory && --memory.Users == 0) _pool.Return(memory.Block);
        _values[index] = default;
    }

    // Inputs give the symbols their values where a size is a symbol alone; the other sizes must then agree.
    private void SolveSymbols()
    {
        _symbols.Clear();
        foreach (var node in _graph.Inputs)
        {
            if (!_bindings.TryGetValue(KeyOf(node)!, out var data)) throw new InvalidOperationException($"input {node.Describe()} is not bound");
            for (var axis = 0; axis < node.Shape.Rank; axis++)
            {
                if (node.Shape[axis].AsSymbol is not { } symbol) continue;
                symbol.Check(data.Sizes[axis]);
                ref var value = ref CollectionsMarshal.GetValueRefOrAddDefault(_symbols, symbol, out _);
                value = data.Sizes[axis];
            }
        }

        foreach (var node in _graph.Inputs)
        {
            if (!node.Shape.Evaluate(_symbols).AsSpan().SequenceEqual(_bindings[KeyOf(node)!].Sizes))
            {
                throw new InvalidOperationException($"input {node.Describe()} is bound to {_bindings[KeyOf(node)!]}, which does not fit the other inputs");
            }
        }
    }

    private static string? KeyOf(Node node) => node.Op switch
    {
        Input input => input.Key,
        State state => state.Key,
        _ => null,
    };

    private sealed class Memory(NativeBlock block)
    {
        public NativeBlock Block => block;

        public int Users { get; set; } = 1;
    }

    private readonly record struct Value(TensorData? Data, Memory? Memory);
}
