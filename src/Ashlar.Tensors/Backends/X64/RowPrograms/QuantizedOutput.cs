using Ashlar.Tensors.Backends.Kernels;
using Iced.Intel;
using static Ashlar.Tensors.Backends.X64.Vectors;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.RowPrograms;

/// <summary>
/// Writes 32 elements as 8-bit codes with their scale and the biases, as <see cref="QuantizedRows"/> says.
/// </summary>
internal static class QuantizedOutput
{
    private const int Bias = 128;

    public static void Write(KernelAssembler assembler, PlacedInstruction placed, Func<Place, AssemblerMemoryOperand> addressOf)
    {
        var code = assembler.Code;
        var place = placed.Instruction.Place;
        var rows = placed.Instruction.Quantized!;
        if (assembler.IsWide) Magnitude512(assembler, placed.Sources);
        else Magnitude256(assembler, placed.Sources);

        // The largest magnitude m to every lane of xmm0; m / 127 and 127 / m by one division.
        var full = Splat(assembler, BitConverter.SingleToInt32Bits(QuantizedRows.LargestCode));
        code.vextracti128(xmm1, ymm0, 1);
        code.vpmaxsd(xmm0, xmm0, xmm1);
        code.vpshufd(xmm1, xmm0, 0x4E);
        code.vpmaxsd(xmm0, xmm0, xmm1);
        code.vpshufd(xmm1, xmm0, 0xB1);
        code.vpmaxsd(xmm0, xmm0, xmm1);
        code.vblendps(xmm1, xmm0, full, 0b0010);
        code.vblendps(xmm2, xmm0, full, 0b1101);
        code.vdivps(xmm1, xmm1, xmm2);
        var scale = addressOf(new(place.Pointer, 0, (int)rows.Scales));
        scale = Grouped(scale, 1);
        code.vmovss(__dword_ptr[scale], xmm1);
        code.vpshufd(xmm1, xmm1, 0x55);
        code.vminps(xmm1, xmm1, Splat(assembler, BitConverter.SingleToInt32Bits(float.MaxValue)));

        if (assembler.IsWide) Codes512(assembler, placed.Sources);
        else Codes256(assembler, placed.Sources);
        code.vmovdqu(__ymmword_ptr[addressOf(place)], ymm2);
        if (rows.Biases.Length > 0) Biases(assembler, rows, scale, addressOf(new(place.Pointer, 0, 0)));
    }

    /// <summary>The place of this group's 4 bytes times <paramref name="perGroup"/>: r9 holds an eighth of the index.</summary>
    private static AssemblerMemoryOperand Grouped(AssemblerMemoryOperand row, int perGroup) =>
        __[new AssemblerRegister64(row.Base) + r9 * perGroup + row.Displacement];

    private static void Magnitude512(KernelAssembler assembler, int[] sources)
    {
        var code = assembler.Code;
        var mask = __dword_bcst[assembler.Constant(int.MaxValue)];
        code.vpandd(zmm0, Z(sources[0]), mask);
        code.vpandd(zmm1, Z(sources[1]), mask);
        code.vpmaxsd(zmm0, zmm0, zmm1);
        code.vextracti64x4(ymm1, zmm0, 1);
        code.vpmaxsd(ymm0, ymm0, ymm1);
    }

    private static void Magnitude256(KernelAssembler assembler, int[] sources)
    {
        var code = assembler.Code;
        code.vbroadcastss(ymm3, __dword_ptr[assembler.Constant(int.MaxValue)]);
        code.vpand(ymm0, ymm3, Y(sources[0]));
        for (var i = 1; i < sources.Length; i++)
        {
            code.vpand(ymm1, ymm3, Y(sources[i]));
            code.vpmaxsd(ymm0, ymm0, ymm1);
        }
    }

    /// <summary>The codes to ymm2, their factor being the first of xmm1.</summary>
    private static void Codes512(KernelAssembler assembler, int[] sources)
    {
        var code = assembler.Code;
        code.vbroadcastss(zmm1, xmm1);
        code.vmulps(zmm2, zmm1, Z(sources[0]));
        code.vmulps(zmm3, zmm1, Z(sources[1]));
        code.vcvtps2dq(zmm2, zmm2);
        code.vcvtps2dq(zmm3, zmm3);
        code.vpmovsdb(xmm2, zmm2);
        code.vpmovsdb(xmm3, zmm3);
        code.vinserti128(ymm2, ymm2, xmm3, 1);
    }

    private static void Codes256(KernelAssembler assembler, int[] sources)
    {
        var code = assembler.Code;
        code.vbroadcastss(ymm1, xmm1);
        code.vmulps(ymm2, ymm1, Y(sources[0]));
        code.vmulps(ymm3, ymm1, Y(sources[1]));
        code.vcvtps2dq(ymm2, ymm2);
        code.vcvtps2dq(ymm3, ymm3);
        code.vpackssdw(ymm2, ymm2, ymm3);
        code.vmulps(ymm3, ymm1, Y(sources[2]));
        code.vmulps(ymm0, ymm1, Y(sources[3]));
        code.vcvtps2dq(ymm3, ymm3);
        code.vcvtps2dq(ymm0, ymm0);
        code.vpackssdw(ymm3, ymm3, ymm0);
        code.vpacksswb(ymm2, ymm2, ymm3);
        code.vmovdqu(ymm0, __ymmword_ptr[Order(assembler)]);
        code.vpermd(ymm2, ymm0, ymm2);
    }

    /// <summary>Packing works in halves of 128 bits; this brings the codes back into their order.</summary>
    private static AssemblerMemoryOperand Order(KernelAssembler assembler)
    {
        ReadOnlySpan<byte> order = [0, 4, 1, 5, 2, 6, 3, 7];
        var bytes = new byte[32];
        for (var i = 0; i < order.Length; i++) bytes[i * 4] = order[i];
        return assembler.Constant(bytes);
    }

    private static void Biases(
        KernelAssembler assembler, QuantizedRows rows, AssemblerMemoryOperand scale, AssemblerMemoryOperand row)
    {
        var code = assembler.Code;
        var perCode = unchecked((int)0x80808080);
        code.vpxor(ymm2, ymm2, Splat256(assembler, perCode)); // code + 128
        code.vpxor(xmm0, xmm0, xmm0);
        code.vpsadbw(ymm2, ymm2, ymm0);
        code.vpshufd(ymm0, ymm2, 0x4E);
        code.vpaddd(ymm2, ymm2, ymm0);
        code.vextracti128(xmm3, ymm2, 1);
        code.vpunpckldq(xmm2, xmm2, xmm3); // the sums of 16 codes each, plus 16 * 128
        code.vpsubd(xmm2, xmm2, Splat(assembler, 16 * Bias));
        code.vpshufd(xmm3, xmm2, 0xE1);
        code.vpaddd(xmm3, xmm3, xmm2); // the sum of 32
        foreach (var bias in rows.Biases)
        {
            var sums = bias.Group == 16 ? xmm2 : xmm3;
            if (bias.Zero == 0)
            {
                code.vcvtdq2ps(xmm0, sums);
                code.vbroadcastss(xmm1, __dword_ptr[scale]);
                code.vmulps(xmm0, xmm0, xmm1);
            }
            else
            {
                code.vpmulld(xmm0, sums, Splat(assembler, -bias.Zero));
            }

            var offset = row + rows.OffsetOf(bias);
            if (bias.Group == 16) code.vmovq(__qword_ptr[Grouped(offset, 2)], xmm0);
            else code.vmovd(__dword_ptr[Grouped(offset, 1)], xmm0);
        }
    }

    private static AssemblerMemoryOperand Splat(KernelAssembler assembler, int value) => __xmmword_ptr[Bytes(assembler, value)];

    private static AssemblerMemoryOperand Splat256(KernelAssembler assembler, int value) =>
        __ymmword_ptr[Bytes(assembler, value)];

    private static AssemblerMemoryOperand Bytes(KernelAssembler assembler, int value)
    {
        var bytes = new byte[32];
        for (var i = 0; i < bytes.Length; i += sizeof(int)) BitConverter.TryWriteBytes(bytes.AsSpan(i), value);
        return assembler.Constant(bytes);
    }
}
