using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// Emits row programs. For each row: the addresses of its inputs and outputs; then by turns the numbers of the row and the passes
/// over its elements (<see cref="RowSchedule"/>).
/// <para>A pass takes 32 elements at a time (<see cref="PassCode"/>). Element i of a row goes to partial result i modulo 32 of a
/// reduction; at the end halves are combined with halves. So a row's bits depend on its elements and its width, and not on the
/// other rows, the range or the instruction set (denormal numbers of BF16 apart: <see cref="BFloat16Output"/>).</para>
/// <para>An output may lie where a dense input of the same form does: all is read before it is written.</para>
/// </summary>
internal sealed class RowProgramEmitter
{
    private const int LeastRegisters = 6, UnitsWorthHoisting = 4;

    private static readonly AssemblerRegister64 Group = r9; // an eighth of the index: four bytes for each 32 elements

    private readonly RowProgram _program;
    private readonly RowSchedule _schedule;
    private readonly RowFrame _frame;
    private readonly KernelAssembler _assembler;
    private readonly RowPointers _pointers;
    private readonly VectorWriter _writer;
    private int _spillSlots, _reserved = VectorWriter.Reserved;

    private RowProgramEmitter(RowProgram program, InstructionSet set)
    {
        (_program, _schedule) = (program, new RowSchedule(program));
        _frame = new RowFrame(program, _schedule);
        _assembler = new KernelAssembler(set);
        _pointers = new RowPointers(_assembler, program, _schedule);
        _writer = new VectorWriter(_assembler, _pointers.AddressOf);
    }

    private Assembler Code => _assembler.Code;

    private int Vectors => PassCode.Unit / _assembler.Lanes;

    /// <summary>Emits a program's kernel.</summary>
    public static Kernel Emit(RowProgram program, InstructionSet set) => new RowProgramEmitter(program, set).Emit();

    private Kernel Emit()
    {
        Code.mov(__qword_ptr[KernelAssembler.Scratch + _frame.End], KernelAssembler.To);
        if (_assembler.IsWide && _program.Width % 16 != 0)
        {
            Code.mov(eax, (1 << _program.Width % 16) - 1);
            Code.kmovw(k1, eax);
        }

        var (row, end) = (Code.CreateLabel(), Code.CreateLabel());
        Code.Label(ref row);
        Code.cmp(RowPointers.Row, __qword_ptr[KernelAssembler.Scratch + _frame.End]);
        Code.jge(end);
        _pointers.FindRow();
        foreach (var pass in _schedule.Passes)
        {
            Numbers(pass.Level, isLast: false);
            Pass(pass);
        }

        Numbers(_schedule.Passes.Count, isLast: true);
        Code.inc(RowPointers.Row);
        Code.jmp(row);
        Code.Label(ref end);
        return _assembler.Finish(_frame.Spills + (long)_spillSlots * _assembler.VectorBytes);
    }

    /// <summary>The numbers of a row that can be computed after so many passes; last, the outputs that are numbers.</summary>
    private void Numbers(int level, bool isLast)
    {
        _reserved = VectorWriter.Reserved;
        var code = new VectorCode(_assembler.IsWide);
        Dictionary<int, Operand> values = [];
        foreach (var step in _schedule.Numbers)
        {
            var (operation, a, b, c) = (_program.Steps[step].Operation, _program.Steps[step].A, _program.Steps[step].B,
                _program.Steps[step].C);
            if (_schedule.LevelOf(step) != level || _schedule.IsReduction(step) || operation == RowOperation.Constant) continue;
            values[step] = operation == RowOperation.Input
                ? code.LoadSplat(new(a, 0, 0))
                : StepCode.Write(code, operation, ValueOf(a), ValueOf(b), ValueOf(c));
            code.Assign(_frame.Number(step), values[step]);
        }

        for (var output = 0; isLast && output < _program.Outputs.Length; output++)
        {
            var step = _program.Outputs[output].Step;
            if (_schedule.IsVector(step)) continue;
            code.Write(new(VectorOperation.StoreFirst, default, [ValueOf(step)])
            {
                Place = new(_program.Inputs.Length + output, 0, 0),
            });
        }

        Write(Place(OperandRules.WithLoads(code.Instructions, code.NewValue), _assembler.Vectors - _reserved));

        Operand ValueOf(int step) => step < 0 ? default
            : _program.Steps[step].Operation == RowOperation.Constant ? Operand.Of(_program.Steps[step].Value)
            : values.TryGetValue(step, out var value) ? value
            : _frame.Number(step);
    }

    private void Pass(RowPass pass)
    {
        var isQuantized = pass.Outputs.Any(output => output.Form == RowForm.Q8);
        var block = PassCode.Unit * (isQuantized && _assembler.IsWide ? QuantizedOutputOfFour.Groups : 1);
        if (block > _program.Width) block = PassCode.Unit;
        _reserved = block > PassCode.Unit ? VectorWriter.ReservedForFourGroups : VectorWriter.Reserved;
        var registers = _assembler.Vectors - _reserved;
        var sums = PartialResults(pass, ref registers);
        var passCode = new PassCode(_program, _schedule, _frame, pass, sums);
        var together = Vectors;
        Dictionary<Operand, Operand> hoisted = [];
        var unit = Unit(together, block);
        while (unit.SpillSlots > 0 && together > 1) unit = Unit(together /= 2, block);

        if (_program.Width >= UnitsWorthHoisting * PassCode.Unit && unit.SpillSlots == 0)
        {
            var written = passCode.Write(_assembler.IsWide, block, together);
            hoisted = Hoist(written, [.. sums.Values.SelectMany(partial => partial)], registers - unit.Peak, registers);
        }

        registers -= hoisted.Count;
        _pointers.BeginPass(pass);
        foreach (var (operand, register) in hoisted)
        {
            _writer.Write(new(new(VectorOperation.Move, register, [operand]), register.Index, [-1]));
        }

        foreach (var (reduction, partial) in sums) Begin(reduction, partial);
        Code.xor(r8d, r8d);
        Loop(block, _program.Width / block * block);
        if (block > PassCode.Unit) Loop(PassCode.Unit, _program.Width / PassCode.Unit * PassCode.Unit);
        if (_program.Width % PassCode.Unit != 0) Write(Unit(together, _program.Width % PassCode.Unit));
        foreach (var (reduction, partial) in sums)
        {
            ReductionEnd.Write(_assembler, _writer, _program.Steps[reduction].Operation, partial, _frame.Number(reduction));
        }

        _pointers.EndPass();

        // From the present index to the end, a multiple of the elements.
        void Loop(int elements, int end)
        {
            var blocks = _program.Width / block * block;
            var count = (elements == block ? end : end - blocks) / elements;
            if (count == 0) return;
            var loop = Code.CreateLabel();
            Code.Label(ref loop);
            if (isQuantized)
            {
                Code.mov(Group, RowPointers.Index);
                Code.shr(Group, 3);
            }

            Write(Unit(together, elements));
            Code.add(RowPointers.Index, elements);
            if (count == 1) return;
            Code.cmp(RowPointers.Index, end);
            Code.jb(loop);
        }

        PlacedCode Unit(int together, int elements)
        {
            var code = passCode.Write(_assembler.IsWide, elements, together);
            var instructions = code.Instructions.Select(instruction => instruction with
            {
                Sources = [.. instruction.Sources.Select(source => hoisted.GetValueOrDefault(source, source))],
            });
            return Place(OperandRules.WithLoads(instructions, code.NewValue), registers);
        }
    }

    /// <summary>Registers for the partial results, from the last down, or slots where they would take too many.</summary>
    private Dictionary<int, Operand[]> PartialResults(RowPass pass, ref int registers)
    {
        Dictionary<int, Operand[]> results = [];
        var slots = 0;
        foreach (var reduction in pass.Reductions)
        {
            var partial = results[reduction] = new Operand[Vectors];
            var fits = registers - Vectors >= Math.Max(LeastRegisters, _assembler.Vectors / 2 - _reserved);
            for (var vector = 0; vector < Vectors; vector++)
            {
                partial[vector] = fits
                    ? new(OperandKind.Pinned, _reserved + --registers)
                    : Operand.Slot(_frame.Partial(slots++));
            }
        }

        return results;
    }

    /// <summary>The constants and numbers that are most used, each with a register that is left.</summary>
    private Dictionary<Operand, Operand> Hoist(VectorCode code, HashSet<Operand> changing, int free, int registers) =>
        code.Instructions.SelectMany(instruction => instruction.Sources.Select((source, i) =>
                (Operand: source, Weight: OperandRules.CanBeMemory(instruction, i) ? 1 : 2)))
            .Where(use => use.Operand.IsMemory && !changing.Contains(use.Operand))
            .GroupBy(use => use.Operand, use => use.Weight)
            .OrderByDescending(uses => uses.Sum())
            .Take(Math.Max(0, free))
            .Select((uses, i) => (uses.Key, Value: new Operand(OperandKind.Pinned, _reserved + registers - 1 - i)))
            .ToDictionary(pair => pair.Key, pair => pair.Value);

    private void Begin(int reduction, Operand[] partial)
    {
        var isSum = _program.Steps[reduction].Operation == RowOperation.SumOfRow;
        var first = Operand.Of(isSum ? 0f : float.NegativeInfinity);
        var code = new VectorCode(_assembler.IsWide);
        foreach (var operand in partial) code.Assign(operand, code.Move(first));
        Write(VectorAllocator.Place(code.Instructions, 0, VectorWriter.Reserved, 0, _assembler.VectorBytes));
    }

    private PlacedCode Place(List<VectorInstruction> code, int registers) =>
        VectorAllocator.Place(code, _reserved, registers, _frame.Spills, _assembler.VectorBytes);

    private void Write(PlacedCode placed)
    {
        _spillSlots = Math.Max(_spillSlots, placed.SpillSlots);
        foreach (var instruction in placed.Instructions) _writer.Write(instruction);
    }
}
