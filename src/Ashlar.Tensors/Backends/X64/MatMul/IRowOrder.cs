using Iced.Intel;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>Where tiles find their rows and their outputs, in the registers of <see cref="MatMulRegisters"/>.</summary>
internal interface IRowOrder
{
    /// <summary>Whether the rows of a tile lie behind those of the one before, and no scratch memory is taken for them.</summary>
    bool AreSuccessive { get; }

    /// <summary>Begins with the first row.</summary>
    void Begin();

    /// <summary>Readies the rows of a tile, from one position in k to another.</summary>
    void BeginTile(int rows);

    /// <summary>Goes on by the rows of a tile.</summary>
    void Advance(int rows);

    /// <summary>Brings the number of a group within its matrix to a register.</summary>
    void ColumnGroup(AssemblerRegister64 to);

    /// <summary>Calls for the outputs of a tile, with the register, the address and the half of each.</summary>
    void ForOutputs(RowTile tile, Action<int, AssemblerMemoryOperand, int> move);
}
