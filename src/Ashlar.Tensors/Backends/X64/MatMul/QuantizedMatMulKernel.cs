using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.KernelAssembler;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>The loops about <see cref="RowTile"/>: groups of columns, tiles of rows, blocks of k.</summary>
internal sealed class QuantizedMatMulKernel(KernelAssembler assembler, PackedFormat format, QuantizedRows layout, long k, long n)
{
    private const int WeightsArgument = 0, RowsArgument = 1, OutputArgument = 2, RowCountArgument = 3, StrideArgument = 4;
    private const int Line = 64, Columns = WeightMatMul.Columns;

    /// <summary>Groups of columns in a panel, and the elements of k that it holds at a time.</summary>
    private const int PanelGroups = 4, PanelElements = 1024;

    private readonly VectorCode _vectors = new(assembler);
    private readonly long _groupBytes = format.ColumnsBytes(k);
    private readonly int _positions = checked((int)(k / 8));

    private Assembler Code => assembler.Code;

    /// <summary>Weights are unpacked in registers, for up to as many rows as a tile has.</summary>
    public Kernel Stream(int mostRows)
    {
        var source = new PackedSource(_vectors, format, prefetchBytes: 4096);
        var (next, end) = (Code.CreateLabel(), Code.CreateLabel());
        Begin(end);
        Code.mov(BlockEnd, _positions);
        Code.Label(ref next);
        Code.cmp(From, To);
        Code.jge(end);
        Code.mov(Group, From);
        BeginRows();
        ForTiles(mostRows, tile => EmitTile(tile, source, isPartial: false, () =>
        {
            Code.imul(Weights, Group, checked((int)_groupBytes));
            Code.add(Weights, Argument(WeightsArgument));
            Code.xor(Position, Position);
        }));
        Code.inc(From);
        Code.jmp(next);
        Code.Label(ref end);
        return assembler.Finish();
    }

    /// <summary>Weights are unpacked into the cache, some columns and some of k at a time, and used for all rows.</summary>
    public Kernel Panels()
    {
        var source = new PanelSource(_vectors, format);
        var panelSteps = (int)Math.Min(k, PanelElements) / PackedFormat.StepElements;
        var groupBytes = panelSteps * source.StepBytes;
        var (panel, block, end) = (Code.CreateLabel(), Code.CreateLabel(), Code.CreateLabel());
        Begin(end);
        Code.Label(ref panel);
        Code.cmp(From, To);
        Code.jge(end);
        Code.lea(PanelEnd, __[From + PanelGroups]);
        Code.cmp(PanelEnd, To);
        Code.cmovg(PanelEnd, To);
        Code.xor(BlockBegin, BlockBegin);

        Code.Label(ref block);
        Code.lea(BlockEnd, __[BlockBegin + panelSteps * StepPositions]);
        Code.mov(rax, _positions);
        Code.cmp(BlockEnd, rax);
        Code.cmovg(BlockEnd, rax);
        Unpack(source, groupBytes);

        BeginRows();
        ForTiles(int.MaxValue, tile =>
        {
            var group = Code.CreateLabel();
            Code.mov(Group, From);
            Code.Label(ref group);
            EmitTile(tile, source, isPartial: k > PanelElements, () =>
            {
                PanelPlace(Weights, groupBytes);
                Code.mov(Position, BlockBegin);
            });
            Code.inc(Group);
            Code.cmp(Group, PanelEnd);
            Code.jl(group);
        });

        Code.mov(BlockBegin, BlockEnd);
        Code.cmp(BlockBegin, _positions);
        Code.jl(block);
        Code.mov(From, PanelEnd);
        Code.jmp(panel);
        Code.Label(ref end);
        return assembler.Finish(groupBytes * PanelGroups);
    }

    private void Begin(Label end)
    {
        Code.mov(OutputStride, Argument(StrideArgument));
        Code.cmp(Argument(RowCountArgument), 0);
        Code.jle(end);
    }

    private void BeginRows()
    {
        Code.mov(RowsLeft, Argument(RowCountArgument));
        Code.mov(Rows, Argument(RowsArgument));
        Code.mov(Output, From);
        Code.shl(Output, 6);
        Code.add(Output, Argument(OutputArgument));
    }

    // Full tiles while there are rows for them, then one for the rest.
    private void ForTiles(int mostRows, Action<RowTile> emit)
    {
        var full = Math.Min(mostRows, RowTile.MostRows(_vectors, format, layout));
        var (next, done) = (Code.CreateLabel(), Code.CreateLabel());
        var tails = Enumerable.Range(0, full).Select(_ => Code.CreateLabel()).ToArray();
        Code.Label(ref next);
        for (var rows = 1; rows < full; rows++)
        {
            Code.cmp(RowsLeft, rows);
            Code.je(tails[rows]);
        }

        emit(new RowTile(_vectors, format, layout, full));
        if (mostRows > 1)
        {
            Code.add(Rows, checked((int)(full * layout.Stride)));
            Code.imul(Weights, OutputStride, full);
            Code.add(Output, Weights);
            Code.sub(RowsLeft, full);
            Code.jg(next);
            Code.jmp(done);
        }

        for (var rows = 1; rows < full; rows++)
        {
            Code.Label(ref tails[rows]);
            emit(new RowTile(_vectors, format, layout, rows));
            if (rows < full - 1) Code.jmp(done);
        }

        Code.Label(ref done);
    }

    private void EmitTile(RowTile tile, IWeightSource source, bool isPartial, Action begin)
    {
        var (start, loop) = (Code.CreateLabel(), Code.CreateLabel());
        var isMasked = n % Columns != 0;
        if (isPartial)
        {
            Code.test(BlockBegin, BlockBegin);
            Code.je(start);
            if (isMasked) SetMask(tile);
            MoveOutputs(tile, (register, place, half) => Load(tile, register, place, half, isMasked));
            Code.jmp(loop);
            Code.Label(ref start);
        }

        tile.Clear();
        if (isPartial) Code.Label(ref loop);
        begin();
        tile.Loop(source);
        if (isMasked) SetMask(tile);
        MoveOutputs(tile, (register, place, half) => Store(tile, register, place, half, isMasked));
    }

    private void MoveOutputs(RowTile tile, Action<int, AssemblerMemoryOperand, int> move)
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
            move(register, __[Weights + half * _vectors.Bytes], half);
        });
    }

    private void Load(RowTile tile, int register, AssemblerMemoryOperand place, int half, bool isMasked)
    {
        if (!isMasked) _vectors.Load(register, place);
        else if (_vectors.IsWide) _vectors.LoadMasked(register, place);
        else _vectors.LoadMasked(register, tile.Mask(half), place);
    }

    private void Store(RowTile tile, int register, AssemblerMemoryOperand place, int half, bool isMasked)
    {
        if (!isMasked) _vectors.Store(place, register);
        else if (_vectors.IsWide) _vectors.StoreMasked(place, register);
        else _vectors.StoreMasked(place, tile.Mask(half), register);
    }

    // All columns, or those of the last group that the matrix has.
    private void SetMask(RowTile tile)
    {
        var (columns, last) = ((int)(n % Columns), n / Columns);
        if (_vectors.IsWide)
        {
            Code.mov(Weights, (1 << Columns) - 1);
            Code.mov(Position, (1 << columns) - 1);
            Code.cmp(Group, checked((int)last));
            Code.cmove(Weights, Position);
            Code.kmovq(k1, Weights);
            return;
        }

        // The table's lanes from 16 - columns on begin with as many that are set as there are columns.
        var lanes = new int[Columns * 2];
        Array.Fill(lanes, -1, 0, Columns);
        Code.lea(Weights, _vectors.Lanes(lanes));
        Code.lea(Position, __[Weights + (Columns - columns) * sizeof(int)]);
        Code.cmp(Group, checked((int)last));
        Code.cmove(Weights, Position);
        for (var half = 0; half < 2; half++) _vectors.Load(tile.Mask(half), __[Weights + half * _vectors.Bytes]);
    }

    private void PanelPlace(AssemblerRegister64 to, int groupBytes)
    {
        Code.mov(to, Group);
        Code.sub(to, From);
        Code.imul(to, to, groupBytes);
        Code.add(to, Scratch);
    }

    private void Unpack(PanelSource panel, int groupBytes)
    {
        var group = Code.CreateLabel();
        Code.mov(Group, From);
        Code.Label(ref group);
        PanelPlace(RowsLeft, groupBytes);
        // Positions of a block are a power of two, as its elements are.
        Code.mov(Weights, BlockBegin);
        Code.shr(Weights, (byte)int.Log2(format.BlockSteps * StepPositions));
        Code.imul(Weights, Weights, format.BlockBytes + format.BlockSteps * format.StepBytes);
        Code.imul(Factors, Group, checked((int)_groupBytes));
        Code.add(Weights, Factors);
        Code.add(Weights, Argument(WeightsArgument));
        Code.mov(Position, BlockBegin);
        new PanelUnpack(_vectors, format).Emit(panel, RowsLeft);
        Code.inc(Group);
        Code.cmp(Group, PanelEnd);
        Code.jl(group);
    }
}
