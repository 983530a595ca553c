using System.Runtime.Intrinsics.X86;

namespace Ashlar.Tensors.Runtime;

/// <summary>What the processor under the process can do.</summary>
internal static class Processor
{
    /// <summary>The variable that forces a lower instruction set.</summary>
    public const string Variable = "ASHLAR_ISA";

    /// <summary>Each instruction set with the name that <see cref="Variable"/> and reports know it by.</summary>
    private static readonly (InstructionSet Set, string Name)[] Names =
    [
        (InstructionSet.Reference, "reference"),
        (InstructionSet.Portable, "portable"),
        (InstructionSet.Avx2, "avx2"),
        (InstructionSet.Avx2Vnni, "avx2-vnni"),
        (InstructionSet.Avx512, "avx512"),
        (InstructionSet.Avx512Vnni, "avx512-vnni"),
        (InstructionSet.Avx512Bf16, "avx512-bf16"),
    ];

    /// <summary>Whether machine code made at run time can be run here: tried once, with a function that only returns.</summary>
    public static bool CanEmit { get; } = TryEmit();

    /// <summary>The highest set that the processor has; portable where code cannot be emitted.</summary>
    public static InstructionSet Best { get; } = CanEmit ? Detect() : InstructionSet.Portable;

    /// <summary>
    /// Whether 8-bit dot products have the VEX encoding (AVX-VNNI); processors with AVX-512 may have only the other.
    /// </summary>
    public static bool HasVexVnni { get; } = X86Base.IsSupported && (Leaf7(1).Eax >> 4 & 1) != 0;

    /// <summary>The set that is used: the best, or a lower one that <see cref="Variable"/> names.</summary>
    /// <exception cref="NotSupportedException">The variable names no set, or one that the processor has not.</exception>
    public static InstructionSet Chosen() => Choose(Environment.GetEnvironmentVariable(Variable), Best, CanEmit);

    /// <summary>The set of a name.</summary>
    /// <exception cref="NotSupportedException">There is no such set, or the processor has it not.</exception>
    public static InstructionSet Named(string name) => Choose(name, Best, CanEmit);

    /// <summary>The set of a name, where there can be emitted up to <paramref name="best"/>; the best for no name.</summary>
    internal static InstructionSet Choose(string? name, InstructionSet best, bool canEmit)
    {
        if (string.IsNullOrEmpty(name)) return best;
        foreach (var (set, known) in Names)
        {
            if (known != name) continue;
            if (set <= best && (set <= InstructionSet.Portable || IsSupported(set))) return set;
            throw new NotSupportedException(set > InstructionSet.Portable && !canEmit
                ? $"{Variable} asks for '{name}', but {CodePages.Forbidden}; it can be '{NameOf(best)}'"
                : $"{Variable} asks for '{name}', which this processor has not; it has up to '{NameOf(best)}'");
        }

        throw new NotSupportedException(
            $"{Variable} cannot be '{name}'; it takes {string.Join(", ", Names.Select(known => known.Name))}");
    }

    /// <summary>Whether kernels of a set run here.</summary>
    public static bool IsSupported(InstructionSet set) =>
        set <= Best && (set != InstructionSet.Avx2Vnni || HasVexVnni || Best >= InstructionSet.Avx512Vnni);

    /// <summary>The name of a set in reports.</summary>
    public static string NameOf(InstructionSet set) => Array.Find(Names, known => known.Set == set).Name;

    private static unsafe bool TryEmit()
    {
        const byte Return = 0xC3;
        if (!X86Base.X64.IsSupported) return false;
        try
        {
            using var pages = new CodePages(1);
            pages.Seal([Return]);
            ((delegate* unmanaged<void>)pages.Address)();
            return true;
        }
        catch (Exception exception) when (exception is NotSupportedException or OutOfMemoryException)
        {
            return false;
        }
    }

    private static InstructionSet Detect()
    {
        // The runtime's own answers include whether the system saves the wide registers.
        if (!Avx2.IsSupported || !Fma.IsSupported || !Bmi2.X64.IsSupported) return InstructionSet.Portable;
        var isWide = Avx512F.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported
            && Avx512F.VL.IsSupported;
        if (!isWide) return HasVexVnniNow() ? InstructionSet.Avx2Vnni : InstructionSet.Avx2;
        var hasVnni = (Leaf7(0).Ecx >> 11 & 1) != 0;
        var hasBf16 = (Leaf7(1).Eax >> 5 & 1) != 0;
        return !hasVnni ? InstructionSet.Avx512 : hasBf16 ? InstructionSet.Avx512Bf16 : InstructionSet.Avx512Vnni;
    }

    private static bool HasVexVnniNow() => (Leaf7(1).Eax >> 4 & 1) != 0;

    private static (int Eax, int Ecx) Leaf7(int subleaf)
    {
        var (highest, _, _, _) = X86Base.CpuId(0, 0);
        if (highest < 7) return default;
        var (subleaves, _, ecx, _) = X86Base.CpuId(7, 0);
        if (subleaf == 0) return (0, ecx);
        return subleaves < subleaf ? default : (X86Base.CpuId(7, subleaf).Eax, 0);
    }
}
