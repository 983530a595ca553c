using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// The inner loops: panels of groups of 16 columns, and tiles of rows in a panel, for one stretch of k.
/// </summary>
/// <remarks>
/// From outside: <see cref="FirstWord"/> and <see cref="WordCount"/> are the stretch, <see cref="InputRows"/> the rows' elements
/// of it, <see cref="Stride"/> the output's, rsi the first group and rdx past the last; and <see cref="PlainFrame"/>.
/// </remarks>
/// <param name="kernel">The kernel.</param>
/// <param name="vectors">Its vector instructions.</param>
/// <param name="format">How the packed weights lie.</param>
/// <param name="n">Columns of the output.</param>
/// <param name="rows">Where the input's elements lie.</param>
/// <param name="isOrdered">Whether the output's rows are named by an order.</param>
/// <param name="isBlocked">Whether there may be a stretch of k before this one, whose sums the output holds.</param>
/// <param name="isAdded">Whether the output holds sums before the first stretch too.</param>
internal sealed class PlainPanels(
    KernelAssembler kernel, PlainVectors vectors, PlainFormat format, long n, PlainRows rows, bool isOrdered, bool isBlocked,
    bool isAdded = false)
{
    /// <summary>The number of the stretch's first double word.</summary>
    public static AssemblerRegister64 FirstWord => r15;

    /// <summary>How many double words of a row the stretch has.</summary>
    public static AssemblerRegister64 WordCount => r14;

    /// <summary>The rows of the stretch; kept.</summary>
    public static AssemblerRegister64 InputRows => rbp;

    /// <summary>Bytes from row to row of the output.</summary>
    public static AssemblerRegister64 Stride => r11;

    /// <summary>How many bytes ahead weights are prefetched that come from the memory: across the ends of pages.</summary>
    private const int Ahead = 2048;

    /// <summary>How many bytes ahead the first cache gets panels that were brought together in the second.</summary>
    private const int AheadInCache = 512;

    private static readonly AssemblerRegister64 TileInput = r12, Panel = r13, TileOutput = rbx;

    private readonly Assembler _code = kernel.Code;

    private PlainRows Layout => rows;

    /// <summary>All groups of the range, for a number of rows that is known.</summary>
    public void EmitFor(int rows)
    {
        var most = TilesOf(rows).Max();
        EmitRange(TileGroups(most), null, (tile, groups) =>
        {
            foreach (var height in TilesOf(rows))
            {
                Tile(tile, height, groups);
                if (height != rows) Advance(height);
            }
        });
    }

    /// <summary>All groups of the range, for any number of rows.</summary>
    /// <param name="conversion">Makes F32 of a panel in the scratch memory; null for weights that are used as they lie.</param>
    public void EmitForAny(PlainConversion? conversion)
    {
        var most = PlainTile.MostRows(vectors.IsWide);
        EmitRange(TileGroups(most), conversion, (tile, groups) => AnyRows(tile, groups, most, conversion));
    }

    private int TileGroups(int rows) => PlainTile.GroupsFor(rows, vectors.IsWide);

    /// <summary>How rows are cut into tiles of about the same height.</summary>
    private int[] TilesOf(int rows)
    {
        var most = PlainTile.MostRows(vectors.IsWide);
        var tiles = (rows + most - 1) / most;
        return [.. Enumerable.Range(0, tiles).Select(i => rows / tiles + (i < rows % tiles ? 1 : 0))];
    }

    private void EmitRange(int mostGroups, PlainConversion? conversion, Action<PlainTile, int> rows)
    {
        var tile = conversion is null
            ? new PlainTile(kernel, vectors, format, Layout, Ahead)
            : new PlainTile(kernel, vectors, conversion.Format, Layout, format.IsRowMajor ? AheadInCache : 0);
        for (var groups = mostGroups; groups > 0; groups /= 2)
        {
            Label next = _code.CreateLabel(), fewer = _code.CreateLabel();
            _code.Label(ref next);
            _code.lea(rax, __[rsi + groups]);
            _code.cmp(rax, rdx);
            _code.jg(fewer);
            Begin();
            conversion?.Emit(groups, Panel, WordCount, n);
            rows(tile, groups);
            _code.add(rsi, groups);
            _code.jmp(next);
            _code.Label(ref fewer);
            _code.nop();
        }
    }

    /// <summary>The places of a panel: its weights, its first rows.</summary>
    private void Begin()
    {
        _code.mov(rax, format.GroupBytes);
        _code.imul(rax, rsi);
        _code.add(rax, PlainFrame.Packed);
        _code.imul(Panel, FirstWord, format.WordBytes);
        _code.add(Panel, rax);
        _code.mov(TileInput, InputRows);
        _code.mov(rax, rsi);
        _code.shl(rax, 6);
        _code.add(rax, PlainFrame.Output);
        if (isOrdered)
        {
            _code.mov(PlainFrame.Column, rax);
            _code.mov(TileOutput, PlainFrame.Order);
        }
        else
        {
            _code.mov(TileOutput, rax);
        }
    }

    private void AnyRows(PlainTile tile, int groups, int most, PlainConversion? conversion)
    {
        Label full = _code.CreateLabel(), rest = _code.CreateLabel(), end = _code.CreateLabel();
        var left = __qword_ptr[KernelAssembler.Scratch + PlainFrame.TileRows];
        _code.mov(rax, PlainFrame.Rows);
        _code.mov(left, rax);
        _code.Label(ref full);
        _code.sub(left, most);
        _code.jl(rest);
        conversion?.Prefetch(groups);
        Tile(tile, most, groups);
        Advance(most);
        _code.jmp(full);

        _code.Label(ref rest);
        _code.add(left, most);
        _code.je(end);
        for (var rows = 1; rows < most; rows++)
        {
            var other = _code.CreateLabel();
            if (rows < most - 1)
            {
                _code.cmp(left, rows);
                _code.jne(other);
            }

            Tile(tile, rows, groups);
            if (rows < most - 1)
            {
                _code.jmp(end);
                _code.Label(ref other);
                _code.nop();
            }
        }

        _code.Label(ref end);
        _code.nop();
    }

    private void Tile(PlainTile tile, int rows, int groups)
    {
        Label add = _code.CreateLabel(), fresh = _code.CreateLabel();
        if (isBlocked)
        {
            if (!isAdded)
            {
                _code.test(FirstWord, FirstWord);
                _code.je(fresh);
            }

            Outputs(tile, rows, groups, isStore: false);
            _code.jmp(add);
        }

        _code.Label(ref fresh);
        tile.Zero(rows, groups);
        _code.Label(ref add);
        _code.mov(PlainTile.Rows, TileInput);
        _code.mov(PlainTile.Weights, Panel);
        _code.mov(PlainTile.Words, WordCount);
        tile.Accumulate(rows, groups);
        Outputs(tile, rows, groups, isStore: true);
    }

    private void Outputs(PlainTile tile, int rows, int groups, bool isStore)
    {
        Label whole = _code.CreateLabel(), end = _code.CreateLabel();
        if (vectors.HasPartial)
        {
            _code.lea(rax, __[rsi + groups]);
            _code.cmp(rax, checked((int)(n / Kernels.WeightMatMul.Columns)));
            _code.jle(whole);
            OutputRows(tile, rows, groups, isStore, isPartial: true);
            _code.jmp(end);
        }

        _code.Label(ref whole);
        OutputRows(tile, rows, groups, isStore, isPartial: false);
        _code.Label(ref end);
        _code.nop();
    }

    private void OutputRows(PlainTile tile, int rows, int groups, bool isStore, bool isPartial)
    {
        if (!isOrdered) _code.mov(PlainTile.Output, TileOutput);
        for (var row = 0; row < rows; row++)
        {
            if (isOrdered)
            {
                _code.movsxd(PlainTile.Output, __dword_ptr[TileOutput + row * sizeof(int)]);
                _code.imul(PlainTile.Output, Stride);
                _code.add(PlainTile.Output, PlainFrame.Column);
            }
            else if (row > 0)
            {
                _code.add(PlainTile.Output, Stride);
            }

            tile.Move(row, rows, groups, isStore, isPartial);
        }
    }

    /// <summary>Goes to the next tile's rows.</summary>
    private void Advance(int rows)
    {
        _code.add(TileInput, checked((int)(Layout.TileStride > 0 ? Layout.TileStride : rows * Layout.RowStride)));
        if (isOrdered)
        {
            _code.add(TileOutput, rows * sizeof(int));
            return;
        }

        _code.imul(rax, Stride, rows);
        _code.add(TileOutput, rax);
    }
}
