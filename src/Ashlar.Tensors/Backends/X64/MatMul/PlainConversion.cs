using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>Makes F32 of a panel of weights, in the scratch memory, where many rows will use it.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="vectors">Its vector instructions.</param>
/// <param name="format">How the packed weights lie.</param>
/// <param name="offset">Where the converted panel begins in the scratch memory, in bytes.</param>
/// <param name="words">The most double words of a stretch, an even number.</param>
/// <param name="blockRows">The most rows of a block.</param>
internal sealed class PlainConversion(
    KernelAssembler kernel, PlainVectors vectors, PlainFormat format, int offset, int words, int blockRows)
{
    private const int Unroll = 4, Line = 64, MostRowsAhead = 64;

    /// <summary>How the converted panel lies.</summary>
    public PlainFormat Format { get; } = format.Converted(words);

    /// <summary>Converts, and leaves the new panel's address in the place of the old.</summary>
    /// <param name="groups">Groups of columns in the panel.</param>
    /// <param name="panel">Its address.</param>
    /// <param name="count">How many double words it has.</param>
    /// <param name="n">Columns of the matrix.</param>
    public void Emit(int groups, AssemblerRegister64 panel, AssemblerRegister64 count, long n)
    {
        var code = kernel.Code;
        code.mov(r8, panel);
        code.mov(rax, groups * format.GroupBytes);
        code.add(rax, panel);
        code.mov(PlainFrame.Ahead, rax);
        code.lea(r9, __[KernelAssembler.Scratch + offset]);
        code.mov(panel, r9);
        code.mov(r10, count);
        if (!format.IsRowMajor || !vectors.HasPartial)
        {
            Copy(groups, isPartial: false);
            return;
        }

        // Behind the last column of the last row there may be no memory.
        Label whole = code.CreateLabel(), end = code.CreateLabel();
        code.lea(rax, __[rsi + groups]);
        code.cmp(rax, checked((int)(n / Kernels.WeightMatMul.Columns)));
        code.jle(whole);
        Copy(groups, isPartial: true);
        code.jmp(end);
        code.Label(ref whole);
        code.nop();
        Copy(groups, isPartial: false);
        code.Label(ref end);
        code.nop();
    }

    private void Copy(int groups, bool isPartial)
    {
        var code = kernel.Code;
        Label loop = code.CreateLabel();
        code.Label(ref loop);
        // It may read and write past the last element, to a whole step: a pair's other half.
        for (var word = 0; word < format.StepWords; word++)
        {
            for (var v = 0; v < groups * vectors.PerGroup; v++)
            {
                var (group, part) = (v / vectors.PerGroup, v % vectors.PerGroup);
                var stepBytes = format.WordBytes * format.StepWords;
                var partBytes = format.IsRowMajor ? kernel.VectorBytes : stepBytes / 2;
                var from = checked((int)(group * format.GroupBytes + part * partBytes));
                var to = checked((int)(group * Format.GroupBytes + word * Format.WordBytes + part * kernel.VectorBytes));
                if (isPartial && group == groups - 1) vectors.LoadPartial(v % Unroll, __[r8 + from], part, Unroll);
                else vectors.LoadWeights(format.Reading, v % Unroll, __[r8 + from], isOdd: word == 1);
                vectors.Store(__[r9 + to], v % Unroll);
            }
        }

        code.add(r8, format.WordBytes * format.StepWords);
        code.add(r9, Format.WordBytes * format.StepWords);
        code.sub(r10, format.StepWords);
        code.jg(loop);
    }

    /// <summary>Fetches a part of the next panel beside a tile of the most rows: all of it beside the tiles of a block.</summary>
    public void Prefetch(int groups)
    {
        var code = kernel.Code;
        var tiles = Math.Max(1, blockRows / PlainTile.MostRows(vectors.IsWide));
        if (format.IsRowMajor)
        {
            PrefetchRows(groups, Math.Min((words + tiles - 1) / tiles, MostRowsAhead));
            return;
        }

        var bytes = (words * format.WordBytes / tiles + Line - 1) / Line * Line;
        code.mov(rax, PlainFrame.Ahead);
        for (var group = 0; group < groups; group++)
        {
            for (var at = 0; at < bytes; at += Line)
            {
                code.prefetcht1(__byte_ptr[rax + checked((int)(group * format.GroupBytes + at))]);
            }
        }

        code.add(PlainFrame.Ahead, bytes);
    }

    private void PrefetchRows(int groups, int rows)
    {
        var code = kernel.Code;
        code.mov(rax, PlainFrame.Ahead);
        for (var row = 0; row < rows; row++)
        {
            code.prefetcht1(__byte_ptr[rax]);
            if (groups > 1) code.prefetcht1(__byte_ptr[rax + (groups - 1) * Line]);
            code.add(rax, format.WordBytes);
        }

        code.mov(PlainFrame.Ahead, rax);
    }
}
