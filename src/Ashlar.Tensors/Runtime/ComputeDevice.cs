using System.Runtime.Intrinsics.X86;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Runtime;

/// <summary>What computes graphs in this process.</summary>
public static class ComputeDevice
{
    /// <summary>
    /// The instruction set that kernels are made of: the best that the processor has, or the one that <c>ASHLAR_ISA</c> names
    /// (<c>avx512-bf16</c>, <c>avx512-vnni</c>, <c>avx512</c>, <c>avx2-vnni</c>, <c>avx2</c>; <c>portable</c> for kernels in C#;
    /// <c>reference</c> for one operation at a time, slow and exact).
    /// </summary>
    /// <exception cref="NotSupportedException">The variable names no set, or one that the processor has not.</exception>
    public static string InstructionSet => Processor.NameOf(Processor.Chosen());

    /// <summary>Who makes the kernels: <c>x64</c>, <c>portable</c> or <c>reference</c>.</summary>
    /// <exception cref="NotSupportedException">As <see cref="InstructionSet"/>.</exception>
    public static string Backend => Processor.Chosen() switch
    {
        Runtime.InstructionSet.Reference => "reference",
        Runtime.InstructionSet.Portable => "portable",
        _ => "x64",
    };

    /// <summary>
    /// Whether matrices of this type are unpacked before they are multiplied, to codes of 8 bits with F32 scales: no kernel reads
    /// IQ1, IQ2, IQ3 or TQ1_0. They then take 9 or 10 bits a weight, and the products are those of the type all the same.
    /// </summary>
    public static bool Unpacks(DType type) => PackedMatrices.CanPack(type, k: 0) && !PackedMatrices.KeepsNumbers(type);

    /// <summary>
    /// How many threads compute where nobody says: the processors that the process may use, or fewer where its control group's
    /// quota allows the time of fewer.
    /// </summary>
    public static int Threads => ThreadCount.Default;

    /// <summary>
    /// The processors' time that control groups allow the process, in processors (0.5 and 2.5 are possible): the least quota of
    /// its own group and of all above it, in both versions of control groups; null where none sets a quota, and on other
    /// systems than Linux.
    /// </summary>
    public static double? QuotaProcessors => ThreadCount.Quota() is var quota && double.IsFinite(quota) ? quota : null;

    /// <summary>
    /// Whether the system lets machine code that was made at run time be run; null where that is not tried, because kernels are
    /// emitted for x64 alone.
    /// </summary>
    public static bool? AllowsEmittedCode => X86Base.X64.IsSupported ? Processor.CanEmit : null;
}
