using System.Numerics;
using Ashlar.Tensors.Passes;

namespace Ashlar.Tensors.Runtime;

/// <summary>
/// The memory of a plan's values: one arena for those that live within a run, a block for each output. It is laid out for the
/// largest sizes that were seen, with room to grow, so that a run with smaller ones moves nothing.
/// </summary>
internal sealed unsafe class ProgramMemory : IDisposable
{
    private readonly Plan _plan;
    private readonly Bindings _bindings;
    private readonly CompiledSize?[] _bytes; // (values): of those that are laid out here
    private readonly CompiledSize[][] _outputSizes; // (outputs, axes)
    private readonly bool _isMonotonic; // whether larger symbols never make a value smaller
    private readonly Value[] _inArena;
    private readonly byte*[] _addresses; // (values)
    private readonly int[] _bound; // (values): the number of the binding, or -1
    private readonly long[] _capacity; // (symbols)
    private readonly Arena _arena = new();
    private readonly NativeBlock?[] _outputs; // (values)
    private readonly TensorData?[] _views; // (outputs)
    private bool _isLaidOut;

    public ProgramMemory(Plan plan, Bindings bindings)
    {
        (_plan, _bindings) = (plan, bindings);
        _bytes = [.. plan.Values.Select(value => value.Storage is Storage.Arena or Storage.Output
            ? new CompiledSize(value.Bytes, bindings.Symbols)
            : null)];
        _outputSizes = [.. plan.Simplified.Outputs.Select(
            node => node.Shape.Select(dim => new CompiledSize(dim, bindings.Symbols)).ToArray())];
        _isMonotonic = _bytes.All(size => size?.IsMonotonic ?? true);
        _inArena = [.. plan.Values.Where(value => value.Storage == Storage.Arena)];
        _bound = [.. plan.Values.Select(value => value.Storage == Storage.Bound ? bindings.NumberOf(value.Node) : -1)];
        _addresses = new byte*[plan.Values.Count];
        _outputs = new NativeBlock?[plan.Values.Count];
        _views = new TensorData?[plan.Outputs.Count];
        _capacity = new long[bindings.Symbols.Length];
        Array.Fill(_capacity, -1);
        foreach (var value in plan.Values)
        {
            if (value.Storage == Storage.Fixed) _addresses[value.Number] = Lowering.ConstantData(value.Node)!.Pointer;
        }
    }

    /// <summary>Bytes of arena and outputs.</summary>
    public long Bytes => _arena.Bytes + _outputs.Sum(block => block?.Bytes ?? 0);

    /// <summary>The first byte of a value in this run.</summary>
    public byte* AddressOf(Value value) => _addresses[value.Number];

    /// <summary>Makes room for a run, and finds what is bound.</summary>
    /// <exception cref="InvalidOperationException">There cannot be that much memory; the message names the sizes.</exception>
    /// <exception cref="InsufficientMemoryException">There is not; the message names the sizes.</exception>
    public void Prepare()
    {
        if (!FitsCapacity()) MakeRoom();
        for (var i = 0; i < _bound.Length; i++)
        {
            if (_bound[i] >= 0) _addresses[i] = _bindings.Data(_bound[i]).Pointer;
        }
    }

    /// <summary>A value as tensor data under the shape of a node that shares its memory, or the beginning of it.</summary>
    public TensorData DataOf(Value value, Node node)
    {
        var sizes = node.Shape.Evaluate(_bindings.Values);
        return value.Storage switch
        {
            Storage.Fixed => Lowering.ConstantData(value.Node)!.Part(0, sizes),
            Storage.Bound => _bindings.Data(_bound[value.Number]).Part(0, sizes),
            _ => TensorData.Wrap(_addresses[value.Number], OwnerOf(value), node.Type, sizes),
        };
    }

    /// <summary>An output of the last run.</summary>
    public TensorData Output(int index)
    {
        var (value, node) = (_plan.Outputs[index], _plan.Simplified.Outputs[index]);
        if (_views[index] is { } known && known.Pointer == _addresses[value.Number] && HasSizes(known, index)) return known;
        if (_outputs[value.Number] is { } block) block.IsLent = true;
        return _views[index] = DataOf(value, node);
    }

    /// <summary>Whether data lie in an output.</summary>
    public bool Overwrites(TensorData data)
    {
        foreach (var block in _outputs)
        {
            if (block is not null && data.Pointer >= block.Pointer && data.Pointer < block.Pointer + block.Bytes) return true;
        }

        return false;
    }

    public void Dispose()
    {
        // What was lent as an output stays valid until its user lets go of it.
        foreach (var block in _outputs)
        {
            if (block is { IsLent: false }) block.Dispose();
        }

        _arena.Dispose();
    }

    private object OwnerOf(Value value) => (object?)_outputs[value.Number] ?? _arena;

    private bool HasSizes(TensorData data, int index)
    {
        for (var axis = 0; axis < data.Sizes.Length; axis++)
        {
            if (data.Sizes[axis] != _outputSizes[index][axis].Evaluate(_bindings.SymbolValues)) return false;
        }

        return true;
    }

    private bool FitsCapacity()
    {
        for (var i = 0; i < _capacity.Length; i++)
        {
            var value = _bindings.SymbolValues[i];
            if (_isMonotonic ? value > _capacity[i] : value != _capacity[i]) return false;
        }

        return _isLaidOut;
    }

    // The largest sizes that were seen may each have come with small others: where there is no room for all of them at once,
    // there may be for those of this run.
    private void MakeRoom()
    {
        if (!_isLaidOut) Array.Fill(_capacity, -1);
        _isLaidOut = false;
        try
        {
            for (var i = 0; i < _capacity.Length; i++)
            {
                var value = _bindings.SymbolValues[i];
                if (!_isMonotonic) _capacity[i] = value;
                else if (value > _capacity[i]) _capacity[i] = Math.Min(RoundUp(value), _bindings.Symbols[i].Max);
            }

            LayOut();
        }
        catch (Exception error) when (error is OverflowException or OutOfMemoryException)
        {
            _bindings.SymbolValues.CopyTo(_capacity, 0);
            LayOutExactly();
        }

        _isLaidOut = true;
    }

    private void LayOutExactly()
    {
        try
        {
            LayOut();
        }
        catch (OverflowException error)
        {
            throw new InvalidOperationException($"{_bindings.DescribeSizes()}: no memory can be that large", error);
        }
        catch (OutOfMemoryException error)
        {
            throw new InsufficientMemoryException($"{_bindings.DescribeSizes()}: {error.Message}", error);
        }
    }

    private void LayOut()
    {
        var bytes = new long[_inArena.Length];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = Math.Max(_bytes[_inArena[i].Number]!.Evaluate(_capacity), 0);
        var offsets = new long[_inArena.Length];
        _arena.Ensure(MemoryPlan.Place(_inArena, bytes, offsets));
        for (var i = 0; i < bytes.Length; i++) _addresses[_inArena[i].Number] = _arena.Pointer + offsets[i];
        foreach (var value in _plan.Values)
        {
            if (value.Storage != Storage.Output) continue;
            var size = Math.Max(_bytes[value.Number]!.Evaluate(_capacity), 1);
            if (_outputs[value.Number] is { } old)
            {
                if (old.Bytes >= size) continue;
                if (!old.IsLent) old.Dispose();
                _outputs[value.Number] = null; // should there be no memory for the larger one
            }

            var block = new NativeBlock(size);
            _outputs[value.Number] = block;
            _addresses[value.Number] = block.Pointer;
        }
    }

    // To eight steps an octave: a batch that grows by a token finds room.
    private static long RoundUp(long size)
    {
        if (size <= 16) return size;
        var step = 1L << (60 - BitOperations.LeadingZeroCount((ulong)(size - 1)));
        return (size + step - 1) / step * step;
    }
}
