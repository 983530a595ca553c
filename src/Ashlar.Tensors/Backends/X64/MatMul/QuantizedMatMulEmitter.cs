using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;
using static Ashlar.Tensors.Backends.X64.MatMul.MatMulRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>Emits products of quantized rows with packed weights of the block formats.</summary>
internal static class QuantizedMatMulEmitter
{
    private const int MostOfFew = 12;

    /// <summary>The kernel of a product.</summary>
    public static Kernel Emit(WeightMatMul spec, InstructionSet set)
    {
        if (spec.Rows is not { } layout) throw new ArgumentException($"{spec} has no quantized rows", nameof(spec));
        var assembler = new KernelAssembler(set);
        var (vectors, format) = (new QuantizedVectors(assembler), WeightTable.Of(spec.Type));
        var rows = new SuccessiveRows(vectors, layout);
        var loops = new QuantizedMatMulLoops(vectors, format, layout, spec.K, spec.N, rows);
        var end = assembler.Code.CreateLabel();
        rows.Enter(end);
        if (spec.RowClass == RowClass.Many) loops.Panels();
        else loops.Stream(spec.RowClass == RowClass.One ? 1 : MostOfFew);
        assembler.Code.Label(ref end);
        return assembler.Finish(spec.RowClass == RowClass.Many ? QuantizedMatMulLoops.PanelBytes(vectors, format, spec.K) : 0);
    }

    /// <summary>The kernel of the products of a group of matrices.</summary>
    public static Kernel EmitGrouped(GroupedWeightMatMul spec, InstructionSet set)
    {
        if (spec.Rows is not { } layout) throw new ArgumentException($"{spec} has no quantized rows", nameof(spec));
        var assembler = new KernelAssembler(set);
        var (code, vectors, format) = (assembler.Code, new QuantizedVectors(assembler), WeightTable.Of(spec.Type));
        var scratch = QuantizedMatMulLoops.PanelBytes(vectors, format, spec.K);
        var rows = new ListedRows(vectors, layout, format.Bias, spec.RowDivisor, scratch);
        var loops = new QuantizedMatMulLoops(vectors, format, layout, spec.K, spec.N, rows);
        var (next, many, end) = (code.CreateLabel(), code.CreateLabel(), code.CreateLabel());
        rows.Enter();
        rows.BeginMatrix(ref next, checked((int)BlockWeights.Groups(spec.N)), end);
        code.cmp(RowsLeft, loops.TileRows);
        code.jg(many);
        rows.Begin();
        code.mov(Group, RowsLeft);
        code.xor(BlockBegin, BlockBegin);
        code.mov(BlockEnd, spec.K / 8);
        rows.Gather();
        loops.Stream(loops.TileRows);
        code.jmp(next);
        code.Label(ref many);
        code.nop();
        loops.Panels();
        code.jmp(next);
        code.Label(ref end);
        return assembler.Finish(scratch + ListedRows.ScratchBytes(layout, loops.TileRows));
    }
}
