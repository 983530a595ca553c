using Ashlar.Tensors.Backends.Kernels.Packing;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Asks for packed weights long before they are multiplied. The processor follows them on its own, but only as far as the next
/// few lines and the end of a page: enough where a step is short, and memory is always behind; too late where several rows make
/// it long.
/// </summary>
/// <param name="code">The instructions.</param>
/// <param name="format">How the weights lie.</param>
internal sealed class WeightsAhead(Assembler code, PackedFormat format)
{
    private const int LineBytes = 64;

    // The memory's answer takes as long as 1 to 2 KiB of weights for twelve rows, and 6 KiB for two or three.
    private const int DistanceBytes = 6144;

    // More lines than this can be asked for by instructions are on their way where the processor asks for them by itself.
    private const int MostBytesPerCycle = 10;

    /// <summary>Whether steps of so many rows take longer than their weights take to come.</summary>
    public bool Pays(int rows) => rows > 1 && format.StepBytes <= MostBytesPerCycle * Cycles(rows);

    /// <summary>Emits what a step asks for, the head of a block that may begin with it included.</summary>
    public void Ask()
    {
        for (var line = 0; line < format.StepBytes + format.BlockBytes; line += LineBytes)
        {
            code.prefetcht1(__byte_ptr[Weights + (DistanceBytes + line)]);
        }
    }

    // About: each row's dot products and scales, and what unpacking takes beside them.
    private int Cycles(int rows)
    {
        var unpacked = format.Planes.Count(static plane => plane.Bits < 8);
        var (scales, offsets) = (2 * format.StepGroups, format.HasOffsets ? format.StepGroups : 0);
        return rows * (PackedFormat.StepVectors + scales + offsets) + unpacked * 2 * PackedFormat.StepVectors;
    }
}
