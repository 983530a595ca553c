using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Ashlar.Cli.Machine;

/// <summary>
/// What the processor computes with. Where .NET knows an extension, its word counts, which asks the operating system too; the
/// rest is what the processor says. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, CPUID.
/// </summary>
internal static class ProcessorFeatures
{
    /// <summary>The extensions that kernels could use, the oldest first.</summary>
    public static IReadOnlyList<string> All()
    {
        if (!X86Base.IsSupported) return Named([("neon", AdvSimd.IsSupported), ("dotprod", Dp.IsSupported)]);

        var (_, _, leaf7Ecx, leaf7Edx) = Leaf(7, 0);
        var (leaf71Eax, _, _, _) = Leaf(7, 1);
        return Named(
        [
            ("sse4.2", Sse42.IsSupported),
            ("avx", Avx.IsSupported),
            ("fma", Fma.IsSupported),
            ("avx2", Avx2.IsSupported),
            ("avx_vnni", Avx2.IsSupported && Bit(leaf71Eax, 4)),
            ("avx512", Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported),
            ("avx512_vbmi", Avx512Vbmi.IsSupported),
            ("avx512_vnni", Avx512F.IsSupported && Bit(leaf7Ecx, 11)),
            ("avx512_bf16", Avx512F.IsSupported && Bit(leaf71Eax, 5)),
            ("amx_bf16", Bit(leaf7Edx, 22)),
            ("amx_int8", Bit(leaf7Edx, 25)),
        ]);
    }

    /// <summary>The processor's name.</summary>
    public static string Name()
    {
        const int extended = unchecked((int)0x80000000), firstNameLeaf = extended + 2;
        if (!X86Base.IsSupported || X86Base.CpuId(extended, 0).Eax < firstNameLeaf + 2)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        var name = new byte[48];
        for (var leaf = 0; leaf < 3; leaf++)
        {
            var (a, b, c, d) = X86Base.CpuId(firstNameLeaf + leaf, 0);
            MemoryMarshal.AsBytes<int>([a, b, c, d]).CopyTo(name.AsSpan(16 * leaf));
        }

        return Encoding.ASCII.GetString(name).Trim('\0', ' ');
    }

    private static (int Eax, int Ebx, int Ecx, int Edx) Leaf(int leaf, int part) =>
        X86Base.CpuId(0, 0).Eax >= leaf && (part == 0 || X86Base.CpuId(leaf, 0).Eax >= part)
            ? X86Base.CpuId(leaf, part)
            : default;

    private static bool Bit(int register, int bit) => (register >> bit & 1) != 0;

    private static string[] Named((string Name, bool Present)[] features) =>
        [.. features.Where(feature => feature.Present).Select(feature => feature.Name)];
}
