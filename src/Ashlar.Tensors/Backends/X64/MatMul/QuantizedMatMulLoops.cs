using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.KernelAssembler;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>The loops about <see cref="RowTile"/>: groups of columns, tiles of rows, blocks of k.</summary>
internal sealed class QuantizedMatMulLoops
{
    private const int WeightsArgument = 0;

    /// <summary>The elements of k that a panel holds at a time: unpacked, or as they are.</summary>
    private const int UnpackedElements = 1024, PackedElements = 8192;

    /// <summary>The most groups of columns in a panel, and the bytes that more than one may take as they are.</summary>
    private const int MostGroups = 4, PackedBytes = 320 << 10;

    private readonly QuantizedVectors _vectors;
    private readonly PackedFormat _format;
    private readonly QuantizedRows _layout;
    private readonly IRowOrder _rows;
    private readonly TileOutputs _outputs;
    private readonly RowsAhead _rowsAhead;
    private readonly WeightsAhead _weightsAhead;
    private readonly PanelSource _panel;
    private readonly bool _isUnpacked;
    private readonly int _positions, _groupBytes, _panelGroups, _panelSteps, _panelGroupBytes;

    public QuantizedMatMulLoops(
        QuantizedVectors vectors, PackedFormat format, QuantizedRows layout, long k, long n, IRowOrder rows)
    {
        (_vectors, _format, _layout, _rows) = (vectors, format, layout, rows);
        _panel = new PanelSource(vectors, format);
        _isUnpacked = IsUnpacked(vectors);
        _positions = checked((int)(k / 8));
        _groupBytes = checked((int)format.ColumnsBytes(k));
        _panelSteps = PanelSteps(vectors, k);
        var panelBytes = format.ColumnsBytes(_panelSteps * PackedFormat.StepElements);
        _panelGroups = _isUnpacked ? MostGroups : (int)Math.Clamp(PackedBytes / panelBytes, 1, MostGroups);
        _panelGroupBytes = _panelSteps * _panel.StepBytes;
        TileRows = RowTile.MostRows(vectors, format, layout);
        _outputs = new TileOutputs(vectors, n, rows);
        _rowsAhead = new RowsAhead(vectors.Code, layout, TileRows, _panelGroups, _panelSteps);
        _weightsAhead = new WeightsAhead(vectors.Code, format);
    }

    /// <summary>Rows of a full tile.</summary>
    public int TileRows { get; }

    /// <summary>Bytes of scratch memory that panels take, from its beginning.</summary>
    public static int PanelBytes(QuantizedVectors vectors, PackedFormat format, long k) =>
        IsUnpacked(vectors) ? MostGroups * PanelSteps(vectors, k) * new PanelSource(vectors, format).StepBytes : 0;

    // Where there are registers for a tile of many rows, unpacking for each tile costs less than passing through the cache does.
    private static bool IsUnpacked(QuantizedVectors vectors) => !vectors.IsWide;

    private static int PanelSteps(QuantizedVectors vectors, long k) =>
        (int)Math.Min(k, IsUnpacked(vectors) ? UnpackedElements : PackedElements) / PackedFormat.StepElements;

    // Whether sums go through memory between blocks of k.
    private bool IsInBlocks => _positions > _panelSteps * StepPositions;

    private Assembler Code => _vectors.Code;

    /// <summary>
    /// From <see cref="From"/> to <see cref="To"/>, weights are unpacked in registers, for up to as many rows as a tile has.
    /// </summary>
    /// <param name="mostRows">The most rows that there are.</param>
    public void Stream(int mostRows)
    {
        var source = new PackedSource(_vectors, _format);
        var (next, end) = (Code.CreateLabel(), Code.CreateLabel());
        Code.Label(ref next);
        Code.cmp(From, To);
        Code.jge(end);
        Code.mov(Group, From);
        _rows.Begin();
        Code.mov(BlockEnd, _positions);
        ForTiles(mostRows, tile => _outputs.Emit(tile, source, isPartial: false, () =>
        {
            Code.imul(Weights, Group, _groupBytes);
            Code.add(Weights, Argument(WeightsArgument));
            Code.xor(Position, Position);
        }, AskForWeights(tile)));
        Code.inc(From);
        Code.jmp(next);
        Code.Label(ref end);
        Code.nop();
    }

    /// <summary>
    /// From <see cref="From"/> to <see cref="To"/>, some columns and some of k at a time, which stay in the cache for all rows:
    /// unpacked, where a tile has few.
    /// </summary>
    public void Panels()
    {
        IWeightSource source = _isUnpacked ? _panel : new PackedSource(_vectors, _format);
        var (panel, block, end) = (Code.CreateLabel(), Code.CreateLabel(), Code.CreateLabel());
        Code.Label(ref panel);
        Code.cmp(From, To);
        Code.jge(end);
        Code.lea(PanelEnd, __[From + _panelGroups]);
        Code.cmp(PanelEnd, To);
        Code.cmovg(PanelEnd, To);
        Code.xor(BlockBegin, BlockBegin);

        Code.Label(ref block);
        Code.lea(BlockEnd, __[BlockBegin + _panelSteps * StepPositions]);
        Code.mov(rax, _positions);
        Code.cmp(BlockEnd, rax);
        Code.cmovg(BlockEnd, rax);
        if (_isUnpacked) Unpack();

        _rows.Begin();
        ForTiles(int.MaxValue, tile =>
        {
            var group = Code.CreateLabel();
            _rows.BeginTile(tile.RowCount);
            Code.mov(Group, From);
            Code.Label(ref group);
            var isAsking = IsAskingForRows(tile);
            var ask = _isUnpacked ? null : AskForWeights(tile);
            if (isAsking) ask += _rowsAhead.Ask;
            _outputs.Emit(tile, source, IsInBlocks, Begin, ask);
            Code.inc(Group);
            Code.cmp(Group, PanelEnd);
            Code.jl(group);

            void Begin()
            {
                if (_isUnpacked) PanelPlace(Weights);
                else PackedPlace();
                if (isAsking) _rowsAhead.Begin();
                Code.mov(Position, BlockBegin);
            }
        });

        Code.mov(BlockBegin, BlockEnd);
        Code.cmp(BlockBegin, _positions);
        Code.jl(block);
        Code.mov(From, PanelEnd);
        Code.jmp(panel);
        Code.Label(ref end);
        Code.nop();
    }

    // Full tiles while there are rows for two of them, then one, or two of about the same size, for the rest.
    private void ForTiles(int mostRows, Action<RowTile> emit)
    {
        var full = Math.Min(mostRows, TileRows);
        var (next, done) = (Code.CreateLabel(), Code.CreateLabel());
        var tails = Enumerable.Range(0, full).Select(_ => Code.CreateLabel()).ToArray();
        Code.Label(ref next);
        for (var left = 1; left < 2 * full - 1 && left <= mostRows; left++)
        {
            if (left == full) continue;
            Code.cmp(RowsLeft, left);
            Code.je(tails[left < full ? left : (left + 1) / 2]);
        }

        Emit(full);
        for (var rows = 1; rows < full; rows++)
        {
            Code.Label(ref tails[rows]);
            Emit(rows);
        }

        Code.Label(ref done);

        void Emit(int rows)
        {
            emit(new RowTile(_vectors, _format, _layout, rows));
            if (mostRows == 1) return;
            _rows.Advance(rows);
            Code.sub(RowsLeft, rows);
            Code.jg(next);
            if (rows != full - 1) Code.jmp(done);
        }
    }

    private void PanelPlace(AssemblerRegister64 to)
    {
        Code.mov(to, Group);
        Code.sub(to, From);
        Code.imul(to, to, _panelGroupBytes);
        Code.add(to, Scratch);
    }

    // The packed weights of the group where the block of k begins.
    private void PackedPlace()
    {
        Code.imul(Weights, Group, _groupBytes);
        if (IsInBlocks)
        {
            // Positions of a block are a power of two, as its elements are.
            Code.mov(Factors, BlockBegin);
            Code.shr(Factors, (byte)int.Log2(_format.BlockSteps * StepPositions));
            Code.imul(Factors, Factors, _format.BlockBytes + _format.BlockSteps * _format.StepBytes);
            Code.add(Weights, Factors);
        }

        Code.add(Weights, Argument(WeightsArgument));
    }

    // Only where weights stay packed, so that no panel takes the scratch register.
    private bool IsAskingForRows(RowTile tile) =>
        !_isUnpacked && _rows.AreSuccessive && tile.RowCount == TileRows && !IsInBlocks;

    private Action? AskForWeights(RowTile tile) => _weightsAhead.Pays(tile.RowCount) ? _weightsAhead.Ask : null;

    private void Unpack()
    {
        var group = Code.CreateLabel();
        Code.mov(Group, From);
        Code.Label(ref group);
        PanelPlace(RowsLeft);
        PackedPlace();
        Code.mov(Position, BlockBegin);
        new PanelUnpack(_vectors, _format).Emit(_panel, RowsLeft);
        Code.inc(Group);
        Code.cmp(Group, PanelEnd);
        Code.jl(group);
    }
}
