using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.Runtime;

/// <summary>Which instruction set is chosen.</summary>
public sealed class ProcessorTests
{
    [Fact]
    public void Without_emitted_code_kernels_are_portable_and_the_reason_is_said()
    {
        Assert.Equal(InstructionSet.Portable, Processor.Choose(null, InstructionSet.Portable, canEmit: false));
        Assert.Equal(InstructionSet.Reference, Processor.Choose("reference", InstructionSet.Portable, canEmit: false));
        var refused = Assert.Throws<NotSupportedException>(
            () => Processor.Choose("avx2", InstructionSet.Portable, canEmit: false));
        Assert.Equal(
            "ASHLAR_ISA asks for 'avx2', but this system forbids machine code made at run time; it can be 'portable'",
            refused.Message);
    }

    [Fact]
    public void A_set_that_the_processor_has_not_is_refused()
    {
        Assert.Contains(
            "asks for 'avx512', which this processor has not; it has up to 'avx2'",
            Assert.Throws<NotSupportedException>(() => Processor.Choose("avx512", InstructionSet.Avx2, canEmit: true)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "cannot be 'sse9'; it takes reference, portable, avx2",
            Assert.Throws<NotSupportedException>(() => Processor.Choose("sse9", InstructionSet.Avx2, canEmit: true)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_set_is_chosen_where_none_is_named()
    {
        Assert.Equal(Processor.Best, Processor.Choose("", Processor.Best, Processor.CanEmit));
        Assert.True(Processor.CanEmit || Processor.Best == InstructionSet.Portable);
    }
}
