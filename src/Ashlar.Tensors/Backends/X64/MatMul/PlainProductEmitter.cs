using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.MatMul;

/// <summary>
/// Products of matrices that a run computes: for each item of the range the loops of <see cref="PlainBlocks"/> over one block of
/// rows and one part of the columns.
/// </summary>
internal static class PlainProductEmitter
{
    /// <summary>Emits a product.</summary>
    /// <exception cref="NotSupportedException">Pairs of BF16 need a processor that multiplies them.</exception>
    public static Kernel Emit(MatrixProduct spec, InstructionSet set)
    {
        if (spec.Type != DType.F32 && (set < InstructionSet.Avx512Bf16 || !spec.IsRightPacked))
        {
            throw new NotSupportedException($"'{spec}' is not for {Processor.NameOf(set)}");
        }

        var kernel = new KernelAssembler(set);
        var vectors = new PlainVectors(kernel, spec.N);
        var format = spec.IsRightPacked ? PlainFormat.Of(spec.Type, spec.K, set) : PlainFormat.RowMajor(spec.K, spec.N);
        var rowBytes = spec.Type == DType.F32 ? spec.K * sizeof(float) : BFloat16Rows.Stride(spec.K);
        if (spec.IsLeftTransposed) rowBytes = sizeof(float);
        var blocks = new PlainBlocks(
            kernel, vectors, format, spec.N, rowBytes, divisor: 0, spec.BlockRows, isTransposed: spec.IsLeftTransposed,
            isAdded: spec.IsAdded);
        var code = kernel.Code;
        Label next = code.CreateLabel(), end = code.CreateLabel();
        code.mov(PlainFrame.Next, KernelAssembler.From);
        code.mov(PlainFrame.End, KernelAssembler.To);
        code.mov(rax, KernelAssembler.Argument(3));
        code.add(rax, spec.BlockRows - 1);
        code.xor(edx, edx);
        code.mov(r8, spec.BlockRows);
        code.div(r8);
        code.mov(PlainFrame.Blocks, rax);
        code.mov(rax, KernelAssembler.Argument(7));
        code.mov(PlainFrame.WordBytes, rax);
        code.mov(PlainPanels.Stride, spec.N * sizeof(float));
        code.Label(ref next);
        code.mov(rax, PlainFrame.Next);
        code.cmp(rax, PlainFrame.End);
        code.jge(end);
        code.inc(PlainFrame.Next);
        EmitItem(code, spec, rowBytes);
        blocks.Emit();
        code.jmp(next);
        code.Label(ref end);
        code.nop();
        return kernel.Finish(blocks.ScratchBytes);
    }

    /// <summary>Finds the matrices, the rows and the groups of item number rax; rdx becomes past the last group.</summary>
    private static void EmitItem(Assembler code, MatrixProduct spec, long rowBytes)
    {
        Label hasRows = code.CreateLabel(), hasGroups = code.CreateLabel();
        code.xor(edx, edx);
        code.mov(r8, spec.Parts);
        code.div(r8);
        code.imul(r9, rdx, spec.PartGroups);
        code.mov(PlainFrame.From, r9); // the part's first group
        code.xor(edx, edx);
        code.div(PlainFrame.Blocks); // rax: the matrix, rdx: the block
        code.imul(rdx, rdx, spec.BlockRows);
        code.mov(r8, KernelAssembler.Argument(3));
        code.sub(r8, rdx);
        code.cmp(r8, spec.BlockRows);
        code.jle(hasRows);
        code.mov(r8d, spec.BlockRows);
        code.Label(ref hasRows);
        code.mov(PlainFrame.Left, r8);

        code.mov(r8, rowBytes);
        code.imul(r8, rdx);
        code.mov(r10, KernelAssembler.Argument(4));
        code.imul(r10, rax);
        code.add(r8, r10);
        code.add(r8, KernelAssembler.Argument(1));
        code.mov(PlainFrame.Input, r8);
        code.imul(rdx, PlainPanels.Stride);
        code.mov(r10, KernelAssembler.Argument(6));
        code.imul(r10, rax);
        code.add(rdx, r10);
        code.add(rdx, KernelAssembler.Argument(2));
        code.mov(PlainFrame.Output, rdx);
        code.imul(rax, KernelAssembler.Argument(5));
        code.add(rax, KernelAssembler.Argument(0));
        code.mov(PlainFrame.Packed, rax);

        code.lea(rdx, __[r9 + spec.PartGroups]);
        code.mov(r8, spec.Groups);
        code.cmp(rdx, r8);
        code.jle(hasGroups);
        code.mov(rdx, r8);
        code.Label(ref hasGroups);
        code.nop();
    }
}
