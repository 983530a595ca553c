using Ashlar.Tensors.Backends.X64;
using Ashlar.Tensors.Runtime;
using static Iced.Intel.AssemblerRegisters;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>The frame of a kernel: its arguments, its constants, its pages.</summary>
public sealed unsafe class KernelAssemblerTests
{
    [Fact]
    public void A_kernel_gets_its_arguments_and_reads_its_constants()
    {
        Assert.SkipUnless(Processor.IsSupported(InstructionSet.Avx2), "the processor has no AVX2");
        var assembler = new KernelAssembler(InstructionSet.Avx2);
        var table = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();
        var (seven, bytes, half) = (assembler.Constant(7), assembler.Constant(table), assembler.Constant(0.5f));
        var code = assembler.Code;
        code.mov(rax, KernelAssembler.Argument(1));
        code.vbroadcastss(xmm0, half);
        code.vmovss(__dword_ptr[rax], xmm0); // 0.5
        code.mov(r8d, __dword_ptr[seven]);
        code.mov(__dword_ptr[rax + 4], r8d);
        code.vmovdqa(ymm0, __ymmword_ptr[bytes]);
        code.vmovdqu(__ymmword_ptr[rax + 8], ymm0);
        code.mov(__qword_ptr[rax + 40], KernelAssembler.From);
        code.mov(__qword_ptr[rax + 48], KernelAssembler.To);
        code.mov(__qword_ptr[KernelAssembler.Scratch], rax);
        var kernel = assembler.Finish(scratchBytes: 8);

        using var output = new NativeBlock(56);
        kernel.Invoke([0, (long)output.Pointer], 3, 11);

        Assert.Equal(0.5f, *(float*)output.Pointer);
        Assert.Equal(7, *(int*)(output.Pointer + 4));
        Assert.Equal(table[..32], new ReadOnlySpan<byte>(output.Pointer + 8, 32).ToArray());
        Assert.Equal((3, 11), (*(long*)(output.Pointer + 40), *(long*)(output.Pointer + 48)));
    }
}
