using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Computes tiles and stores what they give: of the matrix's last group, only the columns that there are.
/// </summary>
/// <param name="vectors">The vectors.</param>
/// <param name="n">Columns of the matrix.</param>
/// <param name="rows">Where the outputs lie.</param>
internal sealed class TileOutputs(QuantizedVectors vectors, long n, IRowOrder rows)
{
    private const int Columns = WeightMatMul.Columns;

    private readonly bool _isMasked = n % Columns != 0;

    private Assembler Code => vectors.Code;

    /// <summary>Emits a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="source">Where its weights come from.</param>
    /// <param name="isPartial">Whether the outputs hold the sums of the blocks of k before, if there are any.</param>
    /// <param name="begin">Emits what brings weights and position to their registers.</param>
    /// <param name="ahead">Emits what each step asks of memory for later.</param>
    public void Emit(RowTile tile, IWeightSource source, bool isPartial, Action begin, Action? ahead = null)
    {
        var (start, loop) = (Code.CreateLabel(), Code.CreateLabel());
        if (isPartial)
        {
            Code.test(BlockBegin, BlockBegin);
            Code.je(start);
            if (_isMasked) SetMask(tile);
            rows.ForOutputs(tile, (register, place, half) => Load(tile, register, place, half));
            Code.jmp(loop);
            Code.Label(ref start);
        }

        tile.Clear();
        if (isPartial) Code.Label(ref loop);
        begin();
        tile.Loop(source, ahead);
        if (_isMasked) SetMask(tile);
        rows.ForOutputs(tile, (register, place, half) => Store(tile, register, place, half));
    }

    private void Load(RowTile tile, int register, AssemblerMemoryOperand place, int half)
    {
        if (!_isMasked) vectors.Load(register, place);
        else if (vectors.IsWide) vectors.LoadMasked(register, place);
        else vectors.LoadMasked(register, tile.Mask(half), place);
    }

    private void Store(RowTile tile, int register, AssemblerMemoryOperand place, int half)
    {
        if (!_isMasked) vectors.Store(place, register);
        else if (vectors.IsWide) vectors.StoreMasked(place, register);
        else vectors.StoreMasked(place, tile.Mask(half), register);
    }

    // All columns, or those of the last group that the matrix has.
    private void SetMask(RowTile tile)
    {
        rows.ColumnGroup(Factors);
        var (columns, last) = ((int)(n % Columns), n / Columns);
        if (vectors.IsWide)
        {
            Code.mov(Weights, (1 << Columns) - 1);
            Code.mov(Position, (1 << columns) - 1);
            Code.cmp(Factors, checked((int)last));
            Code.cmove(Weights, Position);
            Code.kmovq(k1, Weights);
            return;
        }

        // The table's lanes from 16 - columns on begin with as many that are set as there are columns.
        var lanes = new int[Columns * 2];
        Array.Fill(lanes, -1, 0, Columns);
        Code.lea(Weights, vectors.LaneTable(lanes));
        Code.lea(Position, __[Weights + (Columns - columns) * sizeof(int)]);
        Code.cmp(Factors, checked((int)last));
        Code.cmove(Weights, Position);
        for (var half = 0; half < 2; half++) vectors.Load(tile.Mask(half), __[Weights + half * vectors.Bytes]);
    }
}
