using System.Runtime.InteropServices;
using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// What <see cref="QuantizedOutput"/> writes, for four groups of 32 at a time with 512-bit vectors: the same bits, with half the
/// instructions, as the groups' largest magnitudes and sums are found side by side. Uses the registers from 0 to 7.
/// </summary>
/// <param name="assembler">The kernel.</param>
/// <param name="sources">The registers of the eight vectors.</param>
/// <param name="factors">Offset in scratch memory of a place for four factors.</param>
internal sealed class QuantizedOutputOfFour(KernelAssembler assembler, int[] sources, int factors)
{
    /// <summary>How many groups.</summary>
    public const int Groups = 4;

    private static readonly AssemblerRegisterZMM[] Z = [zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7];
    private static readonly AssemblerRegisterYMM[] Y = [ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7];

    private Assembler Code => assembler.Code;

    /// <summary>Writes codes, scales and biases; r9 holds an eighth of the index.</summary>
    public void Write(QuantizedRows rows, AssemblerMemoryOperand codes, AssemblerMemoryOperand row)
    {
        LargestMagnitudes();
        Code.vmovups(xmm1, Splat(QuantizedRows.LargestCode));
        Code.vdivps(xmm2, xmm0, xmm1);
        Code.vdivps(xmm3, xmm1, xmm0);
        Code.vminps(xmm3, xmm3, Splat(float.MaxValue));
        Code.vmovups(__xmmword_ptr[KernelAssembler.Scratch + factors], xmm3);
        Code.vmovups(__xmmword_ptr[Grouped(row + rows.Scales, 1)], xmm2);
        Codes();
        Code.vmovdqu32(__zmmword_ptr[codes], zmm4);
        Code.vmovdqu32(__zmmword_ptr[codes + 64], zmm0);
        if (rows.Biases.Length > 0) Biases(rows, row);
    }

    private static AssemblerMemoryOperand Grouped(AssemblerMemoryOperand row, int perGroup) =>
        __[new AssemblerRegister64(row.Base) + r9 * perGroup + row.Displacement];

    /// <summary>Of each group, to xmm0.</summary>
    private void LargestMagnitudes()
    {
        var mask = __dword_bcst[assembler.Constant(int.MaxValue)];
        for (var g = 0; g < Groups; g++)
        {
            Code.vpandd(Z[g], Source(2 * g), mask);
            Code.vpandd(Z[4 + g], Source(2 * g + 1), mask);
        }

        for (var g = 0; g < Groups; g++) Code.vpmaxsd(Z[g], Z[g], Z[4 + g]);
        for (var g = 0; g < Groups; g++) Code.vextracti64x4(Y[4 + g], Z[g], 1);
        for (var g = 0; g < Groups; g++) Code.vpmaxsd(Y[g], Y[g], Y[4 + g]);

        // A quarter of each of two groups beside one another, then of four.
        Code.vinserti128(ymm4, ymm0, xmm2, 1);
        Code.vinserti128(ymm6, ymm1, xmm3, 1);
        Code.vperm2i128(ymm5, ymm0, ymm2, 0x31);
        Code.vperm2i128(ymm7, ymm1, ymm3, 0x31);
        Code.vpmaxsd(ymm0, ymm4, ymm5); // 0, 2
        Code.vpmaxsd(ymm1, ymm6, ymm7); // 1, 3
        Code.vpunpckldq(ymm4, ymm0, ymm1);
        Code.vpunpckhdq(ymm5, ymm0, ymm1);
        Code.vpmaxsd(ymm0, ymm4, ymm5);
        Code.vpshufd(ymm1, ymm0, 0x4E);
        Code.vpmaxsd(ymm0, ymm0, ymm1); // 0, 1, 0, 1; 2, 3, 2, 3
        Code.vpermq(ymm0, ymm0, 0x08);
    }

    /// <summary>Of the first two groups to zmm4, of the others to zmm0.</summary>
    private void Codes()
    {
        Code.vmovdqu32(zmm6, Table([0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]));
        Pair(0, zmm4, zmm5, zmm0, zmm1);
        Pair(2, zmm0, zmm1, zmm3, zmm5);

        void Pair(int group, AssemblerRegisterZMM x0, AssemblerRegisterZMM y0, AssemblerRegisterZMM x1, AssemblerRegisterZMM y1)
        {
            AssemblerRegisterZMM[] targets = [x0, y0, x1, y1];
            for (var i = 0; i < targets.Length; i++)
            {
                var factor = __dword_bcst[KernelAssembler.Scratch + (factors + (group + i / 2) * sizeof(float))];
                Code.vmulps(targets[i], Source(group * 2 + i), factor);
            }

            foreach (var target in targets) Code.vcvtps2dq(target, target);
            // In each 128 bits 4 codes of every vector follow one another.
            Code.vpackssdw(x0, x0, y0);
            Code.vpackssdw(x1, x1, y1);
            Code.vpacksswb(x0, x0, x1);
            Code.vpermd(x0, zmm6, x0);
        }
    }

    private void Biases(QuantizedRows rows, AssemblerMemoryOperand row)
    {
        const int Offset = 128, Sixteen = 16;
        var offsets = __dword_bcst[assembler.Constant(unchecked((int)0x80808080))];
        Code.vpxor(xmm1, xmm1, xmm1);
        Code.vpxord(zmm4, zmm4, offsets); // code + 128
        Code.vpxord(zmm0, zmm0, offsets);
        Code.vpsadbw(zmm4, zmm4, zmm1);
        Code.vpsadbw(zmm0, zmm0, zmm1);
        Code.vpshufd(zmm5, zmm4, 0x4E);
        Code.vpshufd(zmm1, zmm0, 0x4E);
        Code.vpaddd(zmm4, zmm4, zmm5);
        Code.vpaddd(zmm0, zmm0, zmm1);
        Code.vmovdqu32(zmm6, Table([0, 4, 8, 12, 16, 20, 24, 28, 0, 0, 0, 0, 0, 0, 0, 0]));
        Code.vpermt2d(zmm4, zmm6, zmm0);
        Code.vpsubd(ymm4, ymm4, __dword_bcst[assembler.Constant(Sixteen * Offset)]); // the sums of 16 codes
        Code.vpshufd(ymm5, ymm4, 0xB1);
        Code.vpaddd(ymm5, ymm5, ymm4);
        Code.vpmovqd(xmm5, ymm5); // the sums of 32
        foreach (var bias in rows.Biases)
        {
            var place = row + rows.OffsetOf(bias);
            if (bias.Group == Sixteen)
            {
                if (bias.Zero == 0)
                {
                    Code.vpmovzxdq(ymm1, xmm2);
                    Code.vpshufd(ymm1, ymm1, 0xA0); // each scale twice
                    Code.vcvtdq2ps(ymm0, ymm4);
                    Code.vmulps(ymm0, ymm0, ymm1);
                }
                else
                {
                    Code.vpmulld(ymm0, ymm4, __dword_bcst[assembler.Constant(-bias.Zero)]);
                }

                Code.vmovdqu(__ymmword_ptr[Grouped(place, 2)], ymm0);
            }
            else
            {
                if (bias.Zero == 0)
                {
                    Code.vcvtdq2ps(xmm0, xmm5);
                    Code.vmulps(xmm0, xmm0, xmm2);
                }
                else
                {
                    Code.vpmulld(xmm0, xmm5, __dword_bcst[assembler.Constant(-bias.Zero)]);
                }

                Code.vmovdqu(__xmmword_ptr[Grouped(place, 1)], xmm0);
            }
        }
    }

    private AssemblerRegisterZMM Source(int i) => new(Register.ZMM0 + sources[i]);

    private AssemblerMemoryOperand Splat(float value) =>
        __xmmword_ptr[assembler.Constant(MemoryMarshal.AsBytes<float>([value, value, value, value]))];

    private AssemblerMemoryOperand Table(ReadOnlySpan<int> numbers) =>
        __zmmword_ptr[assembler.Constant(MemoryMarshal.AsBytes(numbers))];
}
