using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>What the general registers hold in kernels of quantized matrix products, beside the frame's own.</summary>
internal static class MatMulRegisters
{
    /// <summary>The first row of the tile.</summary>
    public static readonly AssemblerRegister64 Rows = rax;

    /// <summary>Rows that are left.</summary>
    public static readonly AssemblerRegister64 RowsLeft = rbx;

    /// <summary>An eighth of the position in k: four bytes a step in the rows' scales.</summary>
    public static readonly AssemblerRegister64 Position = rbp;

    /// <summary>Bytes from row to row of the output.</summary>
    public static readonly AssemblerRegister64 OutputStride = r8;

    /// <summary>The positions at which the block of k begins and ends.</summary>
    public static readonly AssemblerRegister64 BlockBegin = r9, BlockEnd = r10;

    /// <summary>Past the last group of the panel.</summary>
    public static readonly AssemblerRegister64 PanelEnd = r11;

    /// <summary>The output of the tile's first row, in the panel's first group.</summary>
    public static readonly AssemblerRegister64 Output = r12;

    /// <summary>The group of columns.</summary>
    public static readonly AssemblerRegister64 Group = r13;

    /// <summary>The factors of the packed block; free outside of the loop over k.</summary>
    public static readonly AssemblerRegister64 Factors = r14;

    /// <summary>The weights of the step; free outside of the loop over k.</summary>
    public static readonly AssemblerRegister64 Weights = r15;

    /// <summary>Memory that is needed soon, where no panel takes scratch memory.</summary>
    public static readonly AssemblerRegister64 Ahead = KernelAssembler.Scratch;

    /// <summary>Positions in a step.</summary>
    public const int StepPositions = 4;
}
