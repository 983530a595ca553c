using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Matmuls by weights of F32, F16 and BF16, packed by <see cref="PlainWeights"/>. F32 and F16 take rows of F32 and add each
/// product by one fused multiply-add; so does BF16, except where the processor multiplies pairs of BF16: then the rows are BF16
/// too, sums are rounded to the nearest even after each product of a pair, and what is denormal counts as zero.
/// </summary>
internal static class PlainMatMulEmitter
{
    /// <summary>The rows of a kernel for few.</summary>
    private const int Few = 12;

    /// <summary>
    /// Rows that are read where they lie can fall on one another in the first cache: more than its 8 ways do not fit.
    /// </summary>
    private const int Ways = 8;

    /// <summary>From so many rows on it pays to make F32 of a panel.</summary>
    private const int WorthConverting = 16;

    /// <summary>
    /// As this, where the rows lie one behind the other: fewer of them lose less where each tile converts for itself than where
    /// the memory is not read while a panel is computed.
    /// </summary>
    private const int WorthConvertingSuccessive = 49;

    /// <summary>Emits a matmul.</summary>
    public static Kernel Emit(WeightMatMul spec, InstructionSet set)
    {
        var kernel = new KernelAssembler(set);
        var vectors = new PlainVectors(kernel, spec.N);
        var format = PlainFormat.Of(spec.Type, spec.K, set);
        var inputStride = InputStride(spec.Type, spec.K, spec.InputStride, set);
        var code = kernel.Code;
        Copy(code, 0, PlainFrame.Packed);
        Copy(code, 1, PlainFrame.Input);
        Copy(code, 2, PlainFrame.Output);
        Copy(code, 3, PlainFrame.Left);
        code.mov(PlainFrame.From, KernelAssembler.From);
        code.mov(PlainPanels.Stride, KernelAssembler.Argument(4));
        if (spec.RowClass == RowClass.Many)
        {
            var blocks = new PlainBlocks(
                kernel, vectors, format, spec.N, inputStride, divisor: 0, worthConverting: WorthConvertingSuccessive);
            blocks.Emit();
            return kernel.Finish(blocks.ScratchBytes);
        }

        code.xor(r15d, r15d);
        code.mov(PlainPanels.WordCount, format.Words);
        code.mov(PlainPanels.InputRows, PlainFrame.Input);
        var panels = new PlainPanels(
            kernel, vectors, format, spec.N, new PlainRows(inputStride), isOrdered: false, isBlocked: false);
        if (spec.RowClass == RowClass.One)
        {
            panels.EmitFor(1);
            return kernel.Finish(PlainFrame.Bytes);
        }

        // Rows of BF16 lie so that they do not; tiles of 256 bits have fewer rows.
        var inPlace = format.Reading == PlainReading.DotPairs || !vectors.IsWide ? Few : Ways;
        for (var rows = 1; rows <= inPlace; rows++) EmitFew(code, panels, rows);
        if (inPlace == Few) return kernel.Finish(PlainFrame.Bytes);
        var few = new PlainBlocks(
            kernel, vectors, format, spec.N, inputStride, divisor: 0, mostRows: Few, worthConverting: WorthConverting);
        few.Emit();
        return kernel.Finish(few.ScratchBytes);
    }

    /// <summary>Emits a matmul by the matrices that the rows' order names.</summary>
    public static Kernel EmitGrouped(GroupedWeightMatMul spec, InstructionSet set)
    {
        var kernel = new KernelAssembler(set);
        var vectors = new PlainVectors(kernel, spec.N);
        var format = PlainFormat.Of(spec.Type, spec.K, set);
        var inputStride = InputStride(spec.Type, spec.K, spec.InputStride, set);
        var blocks = new PlainBlocks(
            kernel, vectors, format, spec.N, inputStride, spec.RowDivisor, worthConverting: WorthConverting);
        var code = kernel.Code;
        Label next = code.CreateLabel(), end = code.CreateLabel();
        code.mov(PlainFrame.Next, KernelAssembler.From);
        code.mov(PlainFrame.End, KernelAssembler.To);
        code.mov(PlainPanels.Stride, KernelAssembler.Argument(5));
        Copy(code, 1, PlainFrame.Input);
        Copy(code, 2, PlainFrame.Output);
        code.Label(ref next);
        code.mov(rax, PlainFrame.Next);
        code.cmp(rax, PlainFrame.End);
        code.jge(end);
        EmitMatrix(code, PlainWeights.Groups(spec.N), format.GroupBytes);
        blocks.Emit();
        code.jmp(next);
        code.Label(ref end);
        code.nop();
        return kernel.Finish(blocks.ScratchBytes);
    }

    /// <summary>Finds the matrix of group number rax, its groups of the range, its weights and its rows.</summary>
    private static void EmitMatrix(Assembler code, long groups, long groupBytes)
    {
        var fits = code.CreateLabel();
        code.mov(rbx, rax);
        code.xor(edx, edx);
        code.mov(r8, groups);
        code.div(r8); // rax: the matrix, rdx: its first group
        code.mov(PlainFrame.From, rdx);
        code.sub(rdx, rbx);
        code.add(r8, rbx);
        code.sub(r8, PlainFrame.From);
        code.mov(PlainFrame.Next, r8);
        code.add(rdx, PlainFrame.End);
        code.mov(r8, groups);
        code.cmp(rdx, r8);
        code.jle(fits);
        code.mov(rdx, r8);
        code.Label(ref fits);
        code.mov(r8, groups * groupBytes);
        code.imul(r8, rax);
        code.add(r8, KernelAssembler.Argument(0));
        code.mov(PlainFrame.Packed, r8);
        code.mov(r8, KernelAssembler.Argument(3));
        code.movsxd(r9, __dword_ptr[r8 + rax * 4]);
        code.movsxd(r10, __dword_ptr[r8 + rax * 4 + 4]);
        code.sub(r10, r9);
        code.mov(PlainFrame.Left, r10);
        code.shl(r9, 2);
        code.add(r9, KernelAssembler.Argument(4));
        code.mov(PlainFrame.Order, r9);
    }

    /// <summary>Does all if there are so many rows, and leaves no rows then.</summary>
    private static void EmitFew(Assembler code, PlainPanels panels, int rows)
    {
        var other = code.CreateLabel();
        code.cmp(PlainFrame.Left, rows);
        code.jne(other);
        panels.EmitFor(rows);
        code.mov(PlainFrame.Left, 0);
        code.Label(ref other);
        code.nop();
    }

    private static long InputStride(DType type, long k, long given, InstructionSet set) =>
        PlainWeights.RowsOf(type, set) == RowForm.BF16 ? BFloat16Rows.Stride(k) : given;

    private static void Copy(Assembler code, int argument, AssemblerMemoryOperand place)
    {
        code.mov(rax, KernelAssembler.Argument(argument));
        code.mov(place, rax);
    }
}
