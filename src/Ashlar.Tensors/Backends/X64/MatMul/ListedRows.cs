using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.KernelAssembler;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Rows that a list names, as <see cref="GroupedWeightMatMul"/> has them: those of a tile are copied to scratch memory, where
/// they lie one behind the other, and outputs go to the places that the list says.
/// </summary>
/// <param name="vectors">The instructions.</param>
/// <param name="layout">The layout of the rows.</param>
/// <param name="bias">What the format takes of them beside codes and scales.</param>
/// <param name="divisor">How many successive rows of the output share one of the input.</param>
/// <param name="scratch">Where the scratch memory of this begins.</param>
internal sealed class ListedRows(QuantizedVectors vectors, QuantizedRows layout, Bias bias, int divisor, int scratch) : IRowOrder
{
    private const int RowsArgument = 1, OutputArgument = 2, StartsArgument = 3, ListArgument = 4, StrideArgument = 5;
    private const int LastOfRange = 0, FirstGroup = 8, List = 16, Count = 24, VariablesBytes = 64;

    public bool AreSuccessive => false;

    private Assembler Code => vectors.Code;

    /// <summary>Bytes of scratch memory.</summary>
    public static long ScratchBytes(QuantizedRows layout, int tileRows) => VariablesBytes + tileRows * layout.Stride;

    /// <summary>Reads what the arguments say once.</summary>
    public void Enter()
    {
        Code.mov(OutputStride, Argument(StrideArgument));
        Code.mov(Variable(LastOfRange), To);
    }

    /// <summary>
    /// Finds the matrix and its rows, cuts the range to it, and goes to <paramref name="end"/> when nothing is left.
    /// </summary>
    /// <param name="next">Where to go after each matrix: here.</param>
    /// <param name="groups">Groups of columns of a matrix.</param>
    /// <param name="end">Where to go at the end.</param>
    public void BeginMatrix(ref Label next, int groups, Label end)
    {
        Code.Label(ref next);
        Code.mov(To, Variable(LastOfRange));
        Code.cmp(From, To);
        Code.jge(end);
        Code.mov(rax, From);
        Code.xor(edx, edx);
        Code.mov(RowsLeft, groups);
        Code.div(RowsLeft);
        Code.imul(Position, rax, groups);
        Code.mov(Variable(FirstGroup), Position);
        Code.add(Position, groups);
        Code.mov(To, Variable(LastOfRange));
        Code.cmp(To, Position);
        Code.cmovg(To, Position);

        Code.mov(RowsLeft, Argument(StartsArgument));
        Code.movsxd(Output, __dword_ptr[RowsLeft + rax * 4]);
        Code.movsxd(RowsLeft, __dword_ptr[RowsLeft + rax * 4 + 4]);
        Code.sub(RowsLeft, Output);
        Code.mov(Variable(Count), RowsLeft);
        Code.shl(Output, 2);
        Code.add(Output, Argument(ListArgument));
        Code.mov(Variable(List), Output);
        Code.test(RowsLeft, RowsLeft);
        Code.cmovle(From, To);
        Code.jle(next);
    }

    public void Begin()
    {
        Code.mov(RowsLeft, Variable(Count));
        Code.mov(Output, Variable(List));
        Code.lea(Rows, __[Scratch + (scratch + VariablesBytes)]);
    }

    public void BeginTile(int rows)
    {
        Code.mov(Group, rows);
        Gather();
    }

    /// <summary>
    /// Copies as many rows as <see cref="Group"/> says, from <see cref="BlockBegin"/> to <see cref="BlockEnd"/>.
    /// </summary>
    public void Gather()
    {
        var (row, step) = (Code.CreateLabel(), Code.CreateLabel());
        var steps = QuantizedRows.Group / bias.Group;
        var (scales, biases) = (checked((int)layout.Scales), checked((int)layout.OffsetOf(bias)));
        Code.Label(ref row);
        InputRow(Weights);
        Code.lea(Factors, __[Group - 1]);
        Code.imul(Factors, Factors, checked((int)layout.Stride));
        Code.add(Factors, Rows);
        Code.mov(Position, BlockBegin);
        Code.Label(ref step);
        Code.vmovups(ymm0, __[Weights + Position * 8]);
        Code.vmovups(__[Factors + Position * 8], ymm0);
        Code.vmovd(xmm1, __dword_ptr[Weights + Position + scales]);
        Code.vmovd(__dword_ptr[Factors + Position + scales], xmm1);
        if (steps == 1)
        {
            Code.vmovd(xmm2, __dword_ptr[Weights + Position + biases]);
            Code.vmovd(__dword_ptr[Factors + Position + biases], xmm2);
        }
        else
        {
            Code.vmovq(xmm2, __qword_ptr[Weights + Position * 2 + biases]);
            Code.vmovq(__qword_ptr[Factors + Position * 2 + biases], xmm2);
        }

        Code.add(Position, StepPositions);
        Code.cmp(Position, BlockEnd);
        Code.jl(step);
        Code.dec(Group);
        Code.jne(row);
    }

    public void Advance(int rows) => Code.add(Output, rows * sizeof(int));

    public void ColumnGroup(AssemblerRegister64 to)
    {
        Code.mov(to, Group);
        Code.sub(to, Variable(FirstGroup));
    }

    public void ForOutputs(RowTile tile, Action<int, AssemblerMemoryOperand, int> move)
    {
        ColumnGroup(Factors);
        Code.shl(Factors, 6);
        Code.add(Factors, Argument(OutputArgument));
        tile.ForOutputs((register, row, half) =>
        {
            if (half == 0)
            {
                Code.movsxd(Weights, __dword_ptr[Output + row * sizeof(int)]);
                Code.imul(Weights, OutputStride);
                Code.add(Weights, Factors);
            }

            move(register, __[Weights + half * vectors.Bytes], half);
        });
    }

    // Divides by a factor: exact for rows below 2^32 / divisor.
    private void InputRow(AssemblerRegister64 to)
    {
        Code.movsxd(to, __dword_ptr[Output + Group * sizeof(int) - sizeof(int)]);
        if (divisor > 1)
        {
            Code.mov(Factors, (1L << 32) / divisor + 1);
            Code.imul(to, Factors);
            Code.shr(to, 32);
        }

        Code.imul(to, to, checked((int)layout.Stride));
        Code.add(to, Argument(RowsArgument));
    }

    private AssemblerMemoryOperand Variable(int at) => __qword_ptr[Scratch + (scratch + at)];
}
