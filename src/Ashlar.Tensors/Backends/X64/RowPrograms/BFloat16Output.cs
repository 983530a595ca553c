using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// Writes a vector as BF16, rounded to the nearest even; what is not a number stays so. Where the processor has dot products of
/// BF16, its own conversion is used, which makes denormal numbers zeros of their sign: so do those dot products.
/// </summary>
internal static class BFloat16Output
{
    public static void Write(KernelAssembler assembler, PlacedInstruction placed, AssemblerMemoryOperand place)
    {
        if (placed.Instruction.Operation == VectorOperation.StoreZeros) Zeros(assembler, place);
        else if (assembler.IsWide) Wide(assembler, placed, place);
        else Narrow(assembler, placed, place);
    }

    private static void Zeros(KernelAssembler assembler, AssemblerMemoryOperand place)
    {
        var code = assembler.Code;
        code.vpxor(xmm0, xmm0, xmm0);
        if (assembler.IsWide) code.vmovdqu(__ymmword_ptr[place], ymm0);
        else code.vmovdqu(__xmmword_ptr[place], xmm0);
    }

    private static void Wide(KernelAssembler assembler, PlacedInstruction placed, AssemblerMemoryOperand place)
    {
        var code = assembler.Code;
        var x = new AssemblerRegisterZMM(Register.ZMM0 + placed.Sources[0]);
        if (placed.Instruction.Operation == VectorOperation.StoreBFloat16Tail)
        {
            code.vmovaps(zmm3.k1.z, x);
            x = zmm3;
        }

        if (assembler.Set == InstructionSet.Avx512Bf16)
        {
            code.vcvtneps2bf16(ymm0, x);
            code.vmovdqu(__ymmword_ptr[place], ymm0);
            return;
        }

        code.vpsrld(zmm0, x, 16);
        code.vpandd(zmm1, zmm0, __dword_bcst[assembler.Constant(1)]);
        code.vpaddd(zmm1, zmm1, x);
        code.vpaddd(zmm1, zmm1, __dword_bcst[assembler.Constant(0x7FFF)]);
        code.vpsrld(zmm1, zmm1, 16);
        code.vcmpunordps(k2, x, x);
        code.vpord(zmm1.k2, zmm0, __dword_bcst[assembler.Constant(0x40)]);
        code.vpmovdw(__ymmword_ptr[place], zmm1);
    }

    private static void Narrow(KernelAssembler assembler, PlacedInstruction placed, AssemblerMemoryOperand place)
    {
        var code = assembler.Code;
        var x = new AssemblerRegisterYMM(Register.YMM0 + placed.Sources[0]);
        if (placed.Instruction.Operation == VectorOperation.StoreBFloat16Tail)
        {
            code.vandps(ymm3, x, new AssemblerRegisterYMM(Register.YMM0 + placed.Sources[1]));
            x = ymm3;
        }

        code.vpsrld(ymm0, x, 16);
        code.vbroadcastss(ymm1, __dword_ptr[assembler.Constant(1)]);
        code.vpand(ymm1, ymm1, ymm0);
        code.vpaddd(ymm1, ymm1, x);
        code.vbroadcastss(ymm2, __dword_ptr[assembler.Constant(0x7FFF)]);
        code.vpaddd(ymm1, ymm1, ymm2);
        code.vpsrld(ymm1, ymm1, 16);
        code.vbroadcastss(ymm2, __dword_ptr[assembler.Constant(0x40)]);
        code.vpor(ymm0, ymm0, ymm2);
        code.vcmpunordps(ymm2, x, x);
        code.vblendvps(ymm1, ymm1, ymm0, ymm2);
        code.vextracti128(xmm0, ymm1, 1);
        code.vpackusdw(xmm1, xmm1, xmm0);
        code.vmovdqu(__xmmword_ptr[place], xmm1);
    }
}
