using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>What a plain matmul's outer loops remember: places at the head of the scratch memory.</summary>
internal static class PlainFrame
{
    /// <summary>Bytes of it, whole cache lines.</summary>
    public const int Bytes = 128;

    /// <summary>The packed matrix.</summary>
    public static AssemblerMemoryOperand Packed => At(0);

    /// <summary>The first row of the input that is not done.</summary>
    public static AssemblerMemoryOperand Input => At(1);

    /// <summary>The first row of the output that is not done; where rows have an order, the first of all.</summary>
    public static AssemblerMemoryOperand Output => At(2);

    /// <summary>How many rows are not done.</summary>
    public static AssemblerMemoryOperand Left => At(3);

    /// <summary>Rows in this block.</summary>
    public static AssemblerMemoryOperand Rows => At(4);

    /// <summary>The first group.</summary>
    public static AssemblerMemoryOperand From => At(5);

    /// <summary>The places of the rows that are not done in the rows' order.</summary>
    public static AssemblerMemoryOperand Order => At(6);

    /// <summary>The output's column of this panel, where rows have an order.</summary>
    public static AssemblerMemoryOperand Column => At(7);

    /// <summary>The next group of all matrices.</summary>
    public static AssemblerMemoryOperand Next => At(8);

    /// <summary>Where the count of rows that are left of a block lies, in bytes.</summary>
    public const int TileRows = 80;

    /// <summary>Past the last group of all matrices.</summary>
    public static AssemblerMemoryOperand End => At(9);

    /// <summary>What is prefetched next of the next panel.</summary>
    public static AssemblerMemoryOperand Ahead => At(11);

    /// <summary>Blocks of rows of a matrix.</summary>
    public static AssemblerMemoryOperand Blocks => At(12);

    /// <summary>Bytes from one k to the next of rows that lie transposed.</summary>
    public static AssemblerMemoryOperand WordBytes => At(13);

    private static AssemblerMemoryOperand At(int index) => __qword_ptr[KernelAssembler.Scratch + index * 8];
}
