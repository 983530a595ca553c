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
    private const int Unroll = 4, Line = 64;

    /// <summary>How the converted panel lies.</summary>
    public PlainFormat Format { get; } = format.Converted(words);

    /// <summary>Converts, and leaves the new panel's address in the place of the old.</summary>
    public void Emit(int groups, AssemblerRegister64 panel, AssemblerRegister64 count)
    {
        var code = kernel.Code;
        Label loop = code.CreateLabel();
        code.mov(r8, panel);
        code.mov(rax, groups * format.GroupBytes);
        code.add(rax, panel);
        code.mov(PlainFrame.Ahead, rax);
        code.lea(r9, __[KernelAssembler.Scratch + offset]);
        code.mov(panel, r9);
        code.mov(r10, count);
        code.Label(ref loop);
        // It may read and write past the last element, to a whole step: a pair's other half.
        for (var word = 0; word < format.StepWords; word++)
        {
            for (var v = 0; v < groups * vectors.PerGroup; v++)
            {
                var (group, part) = (v / vectors.PerGroup, v % vectors.PerGroup);
                var stepBytes = format.WordBytes * format.StepWords;
                var from = checked((int)(group * format.GroupBytes + part * (stepBytes / 2)));
                var to = checked((int)(group * Format.GroupBytes + word * Format.WordBytes + part * kernel.VectorBytes));
                vectors.LoadWeights(format.Reading, v % Unroll, __[r8 + from], isOdd: word == 1);
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
        var tiles = blockRows / PlainTile.MostRows(vectors.IsWide);
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
}
