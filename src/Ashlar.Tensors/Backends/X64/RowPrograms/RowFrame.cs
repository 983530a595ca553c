using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// What a row kernel keeps in its worker's scratch memory: the end of the range and the present row's addresses (8 bytes each), a
/// vector for each number of a row, vectors of partial results, vectors that wait for a register, and rows that a later pass
/// needs.
/// </summary>
internal sealed class RowFrame
{
    private const int Line = 64, MostPartialVectorsOfReduction = 4;
    private readonly int _arguments, _rowBytes;
    private readonly Dictionary<int, int> _numbers = [], _rows = [];
    private readonly int _firstNumber, _reductions;

    public RowFrame(RowProgram program, RowSchedule schedule)
    {
        _arguments = program.Inputs.Length + program.Outputs.Length;
        _firstNumber = (8 * (_arguments + 1) + Line - 1) / Line * Line;
        foreach (var step in schedule.Numbers) _numbers[step] = _numbers.Count;
        _reductions = schedule.Numbers.Count(schedule.IsReduction);
        _rowBytes = checked((program.Width + 31) / 32 * 32 * sizeof(float));
        var kept = Enumerable.Range(0, program.Steps.Length).Where(schedule.IsKept).ToArray();
        foreach (var step in kept) _rows[step] = _rows.Count;
    }

    /// <summary>Where the end of the range is kept.</summary>
    public int End => 8 * _arguments;

    /// <summary>Where vectors wait for a register: after them nothing else lies.</summary>
    public int Spills => checked(FirstRow + _rows.Count * _rowBytes);

    /// <summary>A line of memory for what an instruction of several steps needs.</summary>
    public int Temporary => _firstNumber + _numbers.Count * Line;

    private int FirstPartial => Temporary + Line;

    private int FirstRow => FirstPartial + _reductions * MostPartialVectorsOfReduction * Line;

    /// <summary>Where the address of an argument's present row is kept.</summary>
    public static int Pointer(int argument) => 8 * argument;

    /// <summary>The vector of a number.</summary>
    public Operand Number(int step) => Operand.Slot(_firstNumber + _numbers[step] * Line);

    /// <summary>The place of a vector of partial results that has no register.</summary>
    public int Partial(int number) => FirstPartial + number * Line;

    /// <summary>Where the row of a kept step begins.</summary>
    public int Row(int step) => checked(FirstRow + _rows[step] * _rowBytes);
}
