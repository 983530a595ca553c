using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// The outer loops for any number of rows: blocks of rows, stretches of k in a block, and then all panels of the range, so that
/// what a tile reads lies in the second cache or nearer. The output holds the sums between stretches.
/// </summary>
internal sealed class PlainBlocks
{
    /// <summary>Rows of a block: a multiple of the tiles' height. With a stretch's words, 400 KB.</summary>
    private const int MostBlockRows = 192;

    /// <summary>Double words of a stretch, an even number.</summary>
    private const int BlockWords = 512;

    private readonly Assembler _code;
    private readonly PlainFormat _format;
    private readonly long _inputStride;
    private readonly int _divisor;
    private readonly int _blockRows;
    private readonly int _worthConverting;
    private readonly PlainRowCopy _copy;
    private readonly PlainColumnCopy? _turned;
    private readonly PlainPanels _panels;
    private readonly PlainConversion? _conversion;

    /// <summary>Prepares the parts.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="vectors">Its vector instructions.</param>
    /// <param name="format">How the packed weights lie.</param>
    /// <param name="n">Columns of the output.</param>
    /// <param name="inputStride">Bytes from row to row of the input.</param>
    /// <param name="divisor">How many successive rows of an order share a row of the input; 0 for rows without an order.</param>
    /// <param name="mostRows">How many rows are expected at most.</param>
    /// <param name="worthConverting">From how many rows on panels are converted to F32 where that costs anything.</param>
    /// <param name="isTransposed">Whether the input lies as (k, rows), as far apart as the frame says.</param>
    /// <param name="isAdded">Whether the output holds sums before the first stretch too.</param>
    public PlainBlocks(
        KernelAssembler kernel, PlainVectors vectors, PlainFormat format, long n, long inputStride, int divisor,
        int mostRows = int.MaxValue, int worthConverting = 0, bool isTransposed = false, bool isAdded = false)
    {
        _code = kernel.Code;
        (_format, _inputStride, _divisor, _worthConverting) = (format, inputStride, divisor, worthConverting);
        _blockRows = Math.Min(mostRows, MostBlockRows);
        var isConverting = format.IsConverted && worthConverting <= _blockRows;
        var most = PlainTile.MostRows(vectors.IsWide);
        var stride = (int)OddLines.Bytes(BlockWords * sizeof(float));
        var rows = isTransposed ? PlainColumnCopy.Rows(most, BlockWords) : new PlainRows(stride);
        var panel = PlainFrame.Bytes
            + (isTransposed ? (int)((_blockRows + most - 1) / most * rows.TileStride) : _blockRows * stride);
        if (isTransposed) _turned = new PlainColumnCopy(kernel, vectors, rows, PlainFrame.Bytes);
        _copy = new PlainRowCopy(kernel, vectors, inputStride, PlainFrame.Bytes, stride);
        _panels = new PlainPanels(kernel, vectors, format, n, rows, divisor > 0, isBlocked: true, isAdded);
        if (isConverting) _conversion = new PlainConversion(kernel, vectors, format, panel, BlockWords, _blockRows);
        var groups = PlainTile.GroupsFor(most, vectors.IsWide);
        ScratchBytes = panel + (isConverting ? groups * BlockWords * WeightMatMul.Columns * sizeof(float) : 0);
    }

    /// <summary>How much scratch memory the loops use.</summary>
    public long ScratchBytes { get; }

    /// <summary>Emits the loops, from what <see cref="PlainFrame"/> says.</summary>
    public void Emit()
    {
        Label rows = _code.CreateLabel(), end = _code.CreateLabel(), words = _code.CreateLabel();
        _code.Label(ref rows);
        _code.mov(rax, PlainFrame.Left);
        _code.test(rax, rax);
        _code.jle(end);
        Least(rax, _blockRows);
        _code.mov(PlainFrame.Rows, rax);
        _code.xor(r15d, r15d);

        _code.Label(ref words);
        _code.mov(PlainPanels.WordCount, _format.Words);
        _code.sub(PlainPanels.WordCount, PlainPanels.FirstWord);
        Least(PlainPanels.WordCount, BlockWords);
        if (_turned is not null) _turned.Emit();
        else _copy.Emit(_divisor);
        _code.mov(rsi, PlainFrame.From);
        EmitPanels();
        _code.add(PlainPanels.FirstWord, PlainPanels.WordCount);
        _code.mov(rax, _format.Words);
        _code.cmp(PlainPanels.FirstWord, rax);
        _code.jl(words);

        NextBlock();
        _code.jmp(rows);
        _code.Label(ref end);
        _code.nop();
    }

    private void EmitPanels()
    {
        if (_conversion is null || _worthConverting <= 1)
        {
            _panels.EmitForAny(_conversion);
            return;
        }

        Label many = _code.CreateLabel(), end = _code.CreateLabel();
        _code.cmp(PlainFrame.Rows, _worthConverting);
        _code.jge(many);
        _panels.EmitForAny(null);
        _code.jmp(end);
        _code.Label(ref many);
        _code.nop();
        _panels.EmitForAny(_conversion);
        _code.Label(ref end);
        _code.nop();
    }

    private void NextBlock()
    {
        _code.sub(PlainFrame.Left, _blockRows);
        if (_divisor > 0)
        {
            _code.add(PlainFrame.Order, _blockRows * sizeof(int));
            return;
        }

        _code.mov(rax, _inputStride * _blockRows);
        _code.add(PlainFrame.Input, rax);
        _code.imul(rax, PlainPanels.Stride, _blockRows);
        _code.add(PlainFrame.Output, rax);
    }

    private void Least(AssemblerRegister64 value, int most)
    {
        var fits = _code.CreateLabel();
        _code.cmp(value, most);
        _code.jle(fits);
        _code.mov(value, most);
        _code.Label(ref fits);
        _code.nop();
    }
}
