using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Backends.Kernels.Packing;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Matmuls by weights of F32, F16 and BF16, packed by <see cref="PlainWeights"/>. F32 and F16 take rows of F32 and add each product
/// by one fused multiply-add; so does BF16, except where the processor multiplies pairs of BF16: then the rows are BF16 too, and
/// products and sums that are denormal count as zero.
/// </summary>
internal static class PlainMatMulEmitter
{
    /// <summary>The most rows of a kernel for few.</summary>
    public const int Few = 12;

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
            var blocks = new PlainBlocks(kernel, vectors, format, spec.N, inputStride, divisor: 0);
            blocks.Emit();
            return kernel.Finish(blocks.ScratchBytes);
        }

        code.xor(r15d, r15d);
        code.mov(PlainPanels.WordCount, format.Words);
        code.mov(PlainPanels.InputRows, PlainFrame.Input);
        var panels = new PlainPanels(kernel, vectors, format, spec.N, inputStride, isOrdered: false, isBlocked: false);
        if (spec.RowClass == RowClass.One) panels.EmitFor(1);
        else EmitFew(code, panels);
        return kernel.Finish(PlainFrame.Bytes);
    }

    private static void EmitFew(Assembler code, PlainPanels panels)
    {
        var end = code.CreateLabel();
        for (var rows = 1; rows <= Few; rows++)
        {
            var other = code.CreateLabel();
            code.cmp(PlainFrame.Left, rows);
            code.jne(other);
            panels.EmitFor(rows);
            code.jmp(end);
            code.Label(ref other);
            code.nop();
        }

        code.Label(ref end);
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
