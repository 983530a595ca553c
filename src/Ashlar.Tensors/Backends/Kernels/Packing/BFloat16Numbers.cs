using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>F32 rounded to BF16, to the nearest even; what is not a number stays so.</summary>
internal static unsafe class BFloat16Numbers
{
    private const int Lanes = 16;

    /// <summary>The rounded numbers, still as F32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Round(Vector512<uint> bits)
    {
        var rounded = bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512.Create(1u));
        var isNumber = Vector512.LessThanOrEqual(bits & Vector512.Create(0x7FFFFFFFu), Vector512.Create(0x7F800000u));
        return Vector512.ConditionalSelect(isNumber, rounded, bits | Vector512.Create(0x400000u))
            & Vector512.Create(0xFFFF0000u);
    }

    /// <summary>Pairs of them, the first in the lower half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Pair(Vector512<uint> first, Vector512<uint> second) => (Round(first) >> 16) | Round(second);

    /// <summary>One number, as F32.</summary>
    public static uint Round(uint bits) => (bits & 0x7FFFFFFF) > 0x7F800000
        ? (bits | 0x400000) & 0xFFFF0000
        : (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000;

    /// <summary>Rounds numbers where they lie.</summary>
    public static void Round(uint* numbers, long count)
    {
        long i = 0;
        for (; i + Lanes <= count; i += Lanes) Round(Vector512.Load(numbers + i)).Store(numbers + i);
        for (; i < count; i++) numbers[i] = Round(numbers[i]);
    }

    /// <summary>Rounds numbers to their upper halves.</summary>
    public static void Narrow(uint* numbers, long count, ushort* target)
    {
        long i = 0;
        for (; i + 2 * Lanes <= count; i += 2 * Lanes)
        {
            Vector512.Narrow(Round(Vector512.Load(numbers + i)) >> 16, Round(Vector512.Load(numbers + i + Lanes)) >> 16)
                .Store(target + i);
        }

        for (; i < count; i++) target[i] = (ushort)(Round(numbers[i]) >> 16);
    }
}
