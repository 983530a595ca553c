using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>Makes one number of 32 partial results: halves with halves, five times.</summary>
internal static class ReductionEnd
{
    /// <summary>Combines the partial results into the number's slot, in every lane. Uses the registers from 0 to 6.</summary>
    public static void Write(
        KernelAssembler assembler, VectorWriter writer, RowOperation operation, Operand[] partial, Operand number)
    {
        var code = assembler.Code;
        for (var i = 0; i < partial.Length; i++)
        {
            // Eight of them in each of ymm0 to ymm3.
            var target = i * assembler.Lanes / 8;
            var source = partial[i].Kind == OperandKind.Pinned ? partial[i].Index : -1;
            writer.Write(new(new(VectorOperation.Move, default, [partial[i]]), target, [source]));
        }

        if (assembler.IsWide)
        {
            code.vextractf64x4(ymm1, zmm0, 1);
            code.vextractf64x4(ymm3, zmm2, 1);
        }

        Combine(code, operation, ymm0, ymm2);
        Combine(code, operation, ymm1, ymm3);
        Combine(code, operation, ymm0, ymm1);
        code.vextractf128(xmm1, ymm0, 1);
        Combine(code, operation, ymm0, ymm1);
        code.vpermilps(xmm1, xmm0, 0x4E);
        Combine(code, operation, ymm0, ymm1);
        code.vpermilps(xmm1, xmm0, 0xB1);
        Combine(code, operation, ymm0, ymm1);
        if (assembler.IsWide)
        {
            code.vbroadcastss(zmm0, xmm0);
            code.vmovups(__zmmword_ptr[KernelAssembler.Scratch + number.Index], zmm0);
        }
        else
        {
            code.vbroadcastss(ymm0, xmm0);
            code.vmovups(__ymmword_ptr[KernelAssembler.Scratch + number.Index], ymm0);
        }
    }

    private static void Combine(Assembler code, RowOperation operation, AssemblerRegisterYMM x, AssemblerRegisterYMM y)
    {
        if (operation == RowOperation.SumOfRow)
        {
            code.vaddps(x, x, y);
            return;
        }

        // The larger; of two zeros the positive; not a number where one is not.
        code.vmaxps(ymm4, x, y);
        code.vmaxps(ymm5, y, x);
        code.vandps(ymm4, ymm4, ymm5);
        code.vcmpunordps(ymm5, x, y);
        code.vaddps(ymm6, x, y);
        code.vblendvps(x, ymm4, ymm6, ymm5);
    }
}
