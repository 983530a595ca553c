namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>An instruction with registers: that of its target, and of each source (-1 where the source is in memory).</summary>
internal sealed record PlacedInstruction(VectorInstruction Instruction, int Target, int[] Sources);

/// <summary>Straight-line code with registers.</summary>
/// <param name="Instructions">The code.</param>
/// <param name="Peak">How many registers it uses at once.</param>
/// <param name="SpillSlots">How many values had to wait in memory.</param>
internal sealed record PlacedCode(List<PlacedInstruction> Instructions, int Peak, int SpillSlots);

/// <summary>
/// Gives registers to the values of straight-line code. Where there are too few, the value whose next use is farthest waits in
/// scratch memory (Belady, 1966).
/// </summary>
internal sealed class VectorAllocator
{
    private readonly int _first, _spills, _vectorBytes;
    private readonly List<PlacedInstruction> _placed = [];
    private readonly Dictionary<int, int> _registerOf = [], _slotOf = [];
    private readonly Dictionary<int, Queue<int>> _uses = [];
    private readonly Operand[] _holders;
    private int _peak;

    private VectorAllocator(IReadOnlyList<VectorInstruction> code, int first, int registers, int spills, int vectorBytes)
    {
        (_first, _spills, _vectorBytes) = (first, spills, vectorBytes);
        _holders = new Operand[registers];
        for (var i = 0; i < code.Count; i++)
        {
            foreach (var source in code[i].Sources)
            {
                if (source.Kind != OperandKind.Value) continue;
                if (!_uses.TryGetValue(source.Index, out var uses)) _uses[source.Index] = uses = [];
                uses.Enqueue(i);
            }
        }
    }

    /// <summary>Gives the registers from <paramref name="first"/> on.</summary>
    /// <param name="code">The code; every value is set once, before its uses.</param>
    /// <param name="first">The number of the first register.</param>
    /// <param name="registers">How many there are; at least 5.</param>
    /// <param name="spills">Where in scratch memory values wait.</param>
    /// <param name="vectorBytes">Bytes of a vector.</param>
    public static PlacedCode Place(IReadOnlyList<VectorInstruction> code, int first, int registers, int spills, int vectorBytes)
    {
        var allocator = new VectorAllocator(code, first, registers, spills, vectorBytes);
        foreach (var instruction in code) allocator.Place(instruction);
        return new(allocator._placed, allocator._peak, allocator._slotOf.Count);
    }

    private static bool KeepsSourcesWhileWriting(VectorOperation operation) =>
        operation is VectorOperation.Maximum or VectorOperation.Minimum;

    private void Place(VectorInstruction instruction)
    {
        HashSet<int> locked = [];
        var sources = new int[instruction.Sources.Length];
        foreach (var source in instruction.Sources)
        {
            if (source.Kind == OperandKind.Value && _registerOf.TryGetValue(source.Index, out var register)) locked.Add(register);
        }

        for (var i = 0; i < sources.Length; i++)
        {
            var source = instruction.Sources[i];
            sources[i] = source.Kind switch
            {
                OperandKind.Value => InRegister(source, locked),
                OperandKind.Pinned => source.Index,
                _ => -1,
            };
        }

        var isEarly = KeepsSourcesWhileWriting(instruction.Operation);
        var target = isEarly ? Target(instruction, locked, sources) : -1;
        foreach (var source in instruction.Sources)
        {
            if (source.Kind == OperandKind.Value) _uses[source.Index].Dequeue();
        }

        foreach (var source in instruction.Sources)
        {
            if (source.Kind != OperandKind.Value || _uses[source.Index].Count > 0) continue;
            if (_registerOf.Remove(source.Index, out var free))
            {
                _holders[free] = default;
                locked.Remove(free);
            }
        }

        if (!isEarly) target = Target(instruction, locked, sources);
        _placed.Add(new(instruction, target, sources));
        if (instruction.Target.Kind == OperandKind.Value && !_uses.ContainsKey(instruction.Target.Index))
        {
            _registerOf.Remove(instruction.Target.Index);
            _holders[target - _first] = default;
        }
    }

    private int Target(VectorInstruction instruction, HashSet<int> locked, int[] sources)
    {
        if (instruction.Target.Kind == OperandKind.None) return -1;
        if (instruction.Target.Kind == OperandKind.Pinned) return instruction.Target.Index;
        // A multiply-add overwrites one of its sources, best the one that is added to.
        var preferred = instruction.Operation is VectorOperation.MultiplyAdd or VectorOperation.NegateMultiplyAdd
            ? Array.FindLast(sources, IsFree)
            : 0;
        var register = preferred >= _first && IsFree(preferred) ? preferred - _first : Free(locked);
        Hold(instruction.Target, register);
        return register + _first;

        bool IsFree(int source) =>
            source >= _first && source < _first + _holders.Length && _holders[source - _first].Kind == OperandKind.None;
    }

    private int InRegister(Operand value, HashSet<int> locked)
    {
        if (_registerOf.TryGetValue(value.Index, out var register)) return register + _first;
        register = Free(locked);
        var slot = _spills + _slotOf[value.Index] * _vectorBytes;
        _placed.Add(new(new(VectorOperation.Move, value, [Operand.Slot(slot)]), register + _first, [-1]));
        Hold(value, register);
        locked.Add(register);
        return register + _first;
    }

    private void Hold(Operand value, int register)
    {
        _holders[register] = value;
        _registerOf[value.Index] = register;
        _peak = Math.Max(_peak, _registerOf.Count);
    }

    private int Free(HashSet<int> locked)
    {
        var farthest = -1;
        for (var register = 0; register < _holders.Length; register++)
        {
            if (_holders[register].Kind == OperandKind.None) return register;
            if (!locked.Contains(register) && (farthest < 0 || NextUse(register) > NextUse(farthest))) farthest = register;
        }

        var value = _holders[farthest];
        if (!_slotOf.ContainsKey(value.Index))
        {
            var number = _slotOf.Count;
            _slotOf.Add(value.Index, number);
            var store = new VectorInstruction(VectorOperation.StoreSlot, default, [value])
            {
                Immediate = _spills + number * _vectorBytes,
            };
            _placed.Add(new(store, -1, [farthest + _first]));
        }

        _registerOf.Remove(value.Index);
        _holders[farthest] = default;
        return farthest;
    }

    private int NextUse(int register) => _uses[_holders[register].Index].Peek();
}
