using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.KernelAssembler;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>Rows and outputs that lie one behind the other: those of <see cref="WeightMatMul"/>.</summary>
internal sealed class SuccessiveRows(QuantizedVectors vectors, QuantizedRows layout) : IRowOrder
{
    private const int RowsArgument = 1, OutputArgument = 2, RowCountArgument = 3, StrideArgument = 4;

    public bool AreSuccessive => true;

    private Assembler Code => vectors.Code;

    /// <summary>Reads what the arguments say once.</summary>
    /// <param name="end">Where to go if there are no rows.</param>
    public void Enter(Label end)
    {
        Code.mov(OutputStride, Argument(StrideArgument));
        Code.cmp(Argument(RowCountArgument), 0);
        Code.jle(end);
    }

    public void Begin()
    {
        Code.mov(RowsLeft, Argument(RowCountArgument));
        Code.mov(Rows, Argument(RowsArgument));
        Code.mov(Output, From);
        Code.shl(Output, 6);
        Code.add(Output, Argument(OutputArgument));
    }

    public void BeginTile(int rows)
    {
    }

    public void Advance(int rows)
    {
        Code.add(Rows, checked((int)(rows * layout.Stride)));
        Code.imul(Weights, OutputStride, rows);
        Code.add(Output, Weights);
    }

    public void ColumnGroup(AssemblerRegister64 to) => Code.mov(to, Group);

    public void ForOutputs(RowTile tile, Action<int, AssemblerMemoryOperand, int> move)
    {
        Code.mov(Weights, Group);
        Code.sub(Weights, From);
        Code.shl(Weights, 6);
        Code.add(Weights, Output);
        var last = 0;
        tile.ForOutputs((register, row, half) =>
        {
            if (row != last) Code.add(Weights, OutputStride);
            last = row;
            move(register, __[Weights + half * vectors.Bytes], half);
        });
    }
}
