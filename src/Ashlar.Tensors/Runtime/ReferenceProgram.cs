using Ashlar.Tensors.Backends.Reference;
using Ashlar.Tensors.Operations;

namespace Ashlar.Tensors.Runtime;

/// <summary>Computes a graph node by node with the reference backend.</summary>
internal sealed class ReferenceProgram : GraphProgram
{
    private readonly Graph _graph;
    private readonly Bindings _bindings;
    private readonly ReferenceBackend _backend;
    private readonly BlockPool _pool = new();
    private readonly int[][] _inputs; // (nodes, inputs of each): which node
    private readonly int[][] _dead; // (nodes, any): values that no later node needs
    private readonly Value[] _values;
    private readonly int[] _outputs;

    public ReferenceProgram(Graph graph, Bindings bindings, int threads)
    {
        (_graph, _bindings) = (graph, bindings);
        _backend = new ReferenceBackend(threads);
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

    public override long Bytes => _pool.Bytes;

    public override void Run(Action<int>? outputReady)
    {
        foreach (var output in _outputs) Release(output);
        for (var i = 0; i < _values.Length; i++)
        {
            Evaluate(i);
            foreach (var dead in _dead[i]) Release(dead);
            if (outputReady is not null) Report(i, outputReady);
        }
    }

    private void Report(int node, Action<int> outputReady)
    {
        for (var output = 0; output < _outputs.Length; output++)
        {
            if (_outputs[output] == node) outputReady(output);
        }
    }

    public override TensorData Output(int index)
    {
        var value = _values[_outputs[index]];
        value.Memory?.Block.IsLent = true;
        return value.Data!;
    }

    public override unsafe bool Overwrites(TensorData data)
    {
        foreach (var output in _outputs)
        {
            if (_values[output].Memory is { Block: var block }
                && data.Pointer >= block.Pointer && data.Pointer < block.Pointer + block.Bytes)
            {
                return true;
            }
        }

        return _pool.Owns(data); // an output of a run before, where the last one failed
    }

    public override void Abandon()
    {
        for (var i = 0; i < _values.Length; i++) Release(i);
    }

    public override void Dispose()
    {
        Abandon();
        _pool.Dispose();
    }

    private void Evaluate(int index)
    {
        var node = _graph.Nodes[index];
        try
        {
            if (node.Realized is not null) _values[index] = new Value(node.Realized, null);
            else if (node.Op is Weight weight) _values[index] = new Value(weight.Data, null);
            else if (Graph.KeyOf(node) is not null) _values[index] = new Value(_bindings[node], null);
            else Compute(index, node);
        }
        catch (Exception error) when (RunError.IsExpected(error))
        {
            throw RunError.Of(node, error);
        }
    }

    private unsafe void Compute(int index, Node node)
    {
        var inputs = new TensorData[_inputs[index].Length];
        for (var i = 0; i < inputs.Length; i++) inputs[i] = _values[_inputs[index][i]].Data!;
        var sizes = node.Shape.Evaluate(_bindings.Values);
        if (node.Op is Reshape or Detach or After or RankCopy or Store)
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

    private void Release(int index)
    {
        if (_values[index].Memory is { } memory && --memory.Users == 0) _pool.Return(memory.Block);
        _values[index] = default;
    }

    private sealed class Memory(NativeBlock block)
    {
        public NativeBlock Block => block;

        public int Users { get; set; } = 1;
    }

    private readonly record struct Value(TensorData? Data, Memory? Memory);
}
