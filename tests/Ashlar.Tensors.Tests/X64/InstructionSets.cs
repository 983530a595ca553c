using Ashlar.Tensors.Runtime;

namespace Ashlar.Tensors.Tests.X64;

/// <summary>The instruction sets that emitters are tested for, each in turn.</summary>
internal static class InstructionSets
{
    /// <summary>Every set that has an emitter, by name.</summary>
    public static TheoryData<string> Emitted { get; } =
        [.. Enum.GetValues<InstructionSet>().Where(set => set >= InstructionSet.Avx2).Select(Processor.NameOf)];

    /// <summary>The set of this name; skips the test where the processor has it not.</summary>
    public static InstructionSet Require(string name)
    {
        var set = Enum.GetValues<InstructionSet>().Single(set => Processor.NameOf(set) == name);
        Assert.SkipUnless(Processor.IsSupported(set), $"the processor has no {name}; it has {Processor.NameOf(Processor.Best)}");
        return set;
    }
}
