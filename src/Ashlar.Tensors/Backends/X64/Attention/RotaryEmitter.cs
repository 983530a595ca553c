using Ashlar.Tensors.Backends.Kernels;
using Ashlar.Tensors.Runtime;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Backends.X64.Attention;

/// <summary>
/// Turns pairs of elements: <c>(a cos - b sin, b cos + a sin)</c>, where the second product is rounded and the first is not,
/// whatever the width of the instructions. The angles of some pairs are loaded once for all heads of a token. What is read
/// is read before it is written over, so that output and input may be the same.
/// </summary>
internal static class RotaryEmitter
{
    private static readonly AssemblerRegister64 Token = rsi, Input = r8, Output = r9, Cosines = r10, Sines = r11;
    private static readonly AssemblerRegister64 Source = rax, Target = rbx, Head = rbp;

    public static Kernel Emit(RotaryRows rows, InstructionSet set)
    {
        var assembler = new KernelAssembler(set);
        var code = assembler.Code;
        var (loop, done) = (code.CreateLabel(), code.CreateLabel());
        var spread = assembler.Constant(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(
            [.. Enumerable.Range(0, 16).Select(lane => lane / 2)]));
        if (set >= InstructionSet.Avx512) code.vmovups(zmm15, spread);
        else code.vmovups(ymm15, spread);

        code.Label(ref loop);
        code.cmp(Token, KernelAssembler.To);
        code.jge(done);
        code.imul(Input, Token, checked((int)(rows.InputStride * sizeof(float))));
        code.add(Input, KernelAssembler.Argument(0));
        code.imul(Output, Token, rows.Heads * rows.Size * sizeof(float));
        code.add(Output, KernelAssembler.Argument(1));
        code.mov(rax, KernelAssembler.Argument(2));
        code.movsxd(rax, __dword_ptr[rax + Token * 4]);
        code.imul(Cosines, rax, rows.Pairs * 2 * sizeof(float));
        code.add(Cosines, KernelAssembler.Argument(3));
        code.lea(Sines, __[Cosines + rows.Pairs * sizeof(float)]);
        foreach (var (pair, count) in Steps(rows.Pairs, assembler.Lanes, rows.Layout))
        {
            if (rows.Layout == RotaryLayout.Halves) EmitHalves(code, rows, pair, count);
            else EmitInterleaved(code, rows, pair, count);
        }

        foreach (var (element, count) in Steps(rows.Size - 2 * rows.Pairs, assembler.Lanes, RotaryLayout.Halves))
        {
            var offset = (2 * rows.Pairs + element) * sizeof(float);
            ForHeads(code, rows, () =>
            {
                Load(code, 0, Source, offset, count);
                Store(code, Target, offset, 0, count);
            });
        }

        code.inc(Token);
        code.jmp(loop);
        code.Label(ref done);
        return assembler.Finish();
    }

    // Pairs in whole vectors, then in halves of them, down to one.
    private static IEnumerable<(int First, int Count)> Steps(int pairs, int lanes, RotaryLayout layout)
    {
        var width = layout == RotaryLayout.Halves ? lanes : lanes / 2;
        for (var first = 0; first < pairs; first += width)
        {
            while (width > pairs - first) width = width == 4 && layout == RotaryLayout.Halves ? 1 : width / 2;
            yield return (first, width);
        }
    }

    private static void EmitHalves(Assembler code, RotaryRows rows, int pair, int count)
    {
        var (first, second) = (pair * sizeof(float), (pair + rows.Pairs) * sizeof(float));
        Load(code, 4, Cosines, first, count);
        Load(code, 5, Sines, first, count);
        ForHeads(code, rows, () =>
        {
            Load(code, 0, Source, first, count);
            Load(code, 1, Source, second, count);
            switch (count)
            {
                case 16:
                    code.vmulps(zmm2, zmm1, zmm5);
                    code.vmulps(zmm3, zmm0, zmm5);
                    code.vfmsub231ps(zmm2, zmm0, zmm4);
                    code.vfmadd231ps(zmm3, zmm1, zmm4);
                    break;
                case 8:
                    code.vmulps(ymm2, ymm1, ymm5);
                    code.vmulps(ymm3, ymm0, ymm5);
                    code.vfmsub231ps(ymm2, ymm0, ymm4);
                    code.vfmadd231ps(ymm3, ymm1, ymm4);
                    break;
                default: // 4 or 1: the upper elements of one are zeros
                    code.vmulps(xmm2, xmm1, xmm5);
                    code.vmulps(xmm3, xmm0, xmm5);
                    code.vfmsub231ps(xmm2, xmm0, xmm4);
                    code.vfmadd231ps(xmm3, xmm1, xmm4);
                    break;
            }

            Store(code, Target, first, 2, count);
            Store(code, Target, second, 3, count);
        });
    }

    private static void EmitInterleaved(Assembler code, RotaryRows rows, int pair, int count)
    {
        // Each angle stands twice, for both elements of its pair.
        foreach (var (target, source) in new[] { (4, Cosines), (5, Sines) })
        {
            Load(code, target, source, pair * sizeof(float), count);
            if (count == 8) code.vpermps(CacheVectors.Z(target), zmm15, CacheVectors.Z(target));
            else code.vpermps(CacheVectors.Y(target), ymm15, CacheVectors.Y(target));
        }

        var offset = 2 * pair * sizeof(float);
        ForHeads(code, rows, () =>
        {
            Load(code, 0, Source, offset, 2 * count);
            switch (count)
            {
                case 8:
                    code.vpermilps(zmm1, zmm0, 0b10110001);
                    code.vmulps(zmm1, zmm1, zmm5);
                    code.vfmaddsub213ps(zmm0, zmm4, zmm1);
                    break;
                case 4:
                    code.vpermilps(ymm1, ymm0, 0b10110001);
                    code.vmulps(ymm1, ymm1, ymm5);
                    code.vfmaddsub213ps(ymm0, ymm4, ymm1);
                    break;
                default: // 2 or 1
                    code.vpermilps(xmm1, xmm0, 0b10110001);
                    code.vmulps(xmm1, xmm1, xmm5);
                    code.vfmaddsub213ps(xmm0, xmm4, xmm1);
                    break;
            }

            Store(code, Target, offset, 0, 2 * count);
        });
    }

    private static void ForHeads(Assembler code, RotaryRows rows, Action body)
    {
        var head = code.CreateLabel();
        code.mov(Source, Input);
        code.mov(Target, Output);
        code.mov(Head, rows.Heads);
        code.Label(ref head);
        body();
        code.add(Source, rows.Size * sizeof(float));
        code.add(Target, rows.Size * sizeof(float));
        code.dec(Head);
        code.jnz(head);
    }

    private static void Load(Assembler code, int target, AssemblerRegister64 address, int offset, int count)
    {
        switch (count)
        {
            case 16: code.vmovups(CacheVectors.Z(target), __[address + offset]); break;
            case 8: code.vmovups(CacheVectors.Y(target), __[address + offset]); break;
            case 4: code.vmovups(CacheVectors.X(target), __[address + offset]); break;
            case 2: code.vmovsd(CacheVectors.X(target), __qword_ptr[address + offset]); break;
            default: code.vmovss(CacheVectors.X(target), __dword_ptr[address + offset]); break;
        }
    }

    private static void Store(Assembler code, AssemblerRegister64 address, int offset, int source, int count)
    {
        switch (count)
        {
            case 16: code.vmovups(__[address + offset], CacheVectors.Z(source)); break;
            case 8: code.vmovups(__[address + offset], CacheVectors.Y(source)); break;
            case 4: code.vmovups(__[address + offset], CacheVectors.X(source)); break;
            case 2: code.vmovsd(__qword_ptr[address + offset], CacheVectors.X(source)); break;
            default: code.vmovss(__dword_ptr[address + offset], CacheVectors.X(source)); break;
        }
    }
}
