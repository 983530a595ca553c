using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.KernelAssembler;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// While a full tile is computed, asks for the rows of the next one, some lines a step: many rows do not fit the second cache,
/// and more streams than the processor follows, 12 rows' codes, scales and sums, begin with every tile.
/// </summary>
/// <param name="code">The instructions.</param>
/// <param name="layout">The rows.</param>
/// <param name="tileRows">Rows of a full tile.</param>
/// <param name="panelGroups">Groups of columns in a panel, each of which goes over the same rows.</param>
/// <param name="panelSteps">Steps of k in a panel.</param>
internal sealed class RowsAhead(Assembler code, QuantizedRows layout, int tileRows, int panelGroups, int panelSteps)
{
    private const int LineBytes = 64;

    // Each group of the panel asks for its part of the tile's lines.
    private readonly int _stepLines = checked((int)
        ((tileRows * layout.Stride + panelGroups * panelSteps * LineBytes - 1) / (panelGroups * panelSteps * LineBytes)));

    /// <summary>Emits what finds the first line of the group's part; of the last rows themselves where none come after.</summary>
    public void Begin()
    {
        code.lea(Position, __[Rows + checked((int)(tileRows * layout.Stride))]);
        code.cmp(RowsLeft, tileRows);
        code.cmovle(Position, Rows);
        code.mov(Ahead, Group);
        code.sub(Ahead, From);
        code.imul(Ahead, Ahead, panelSteps * _stepLines * LineBytes);
        code.add(Ahead, Position);
    }

    /// <summary>Emits what a step asks for.</summary>
    public void Ask()
    {
        for (var line = 0; line < _stepLines; line++) code.prefetcht1(__byte_ptr[Ahead + line * LineBytes]);
        code.add(Ahead, _stepLines * LineBytes);
    }
}
