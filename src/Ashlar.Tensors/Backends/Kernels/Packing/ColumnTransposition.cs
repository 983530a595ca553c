using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>Brings four successive bytes of each of sixteen columns together in a vector of 64.</summary>
internal static unsafe class ColumnTransposition
{
    private const int Columns = WeightMatMul.Columns, Side = 4;

    /// <summary>Transposes words of 32 bits.</summary>
    /// <param name="source">The first column's words.</param>
    /// <param name="columnBytes">Bytes from a column to the next.</param>
    /// <param name="columns">How many columns there are; the lanes of others are left alone.</param>
    /// <param name="words">Words of a column.</param>
    /// <param name="flips">Bits that are turned in every word.</param>
    /// <param name="target">(words, 16) receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(byte* source, long columnBytes, int columns, int words, uint flips, byte* target)
    {
        var word = 0;
        if (Sse2.IsSupported && columns == Columns)
        {
            for (; word <= words - Side; word += Side)
            {
                for (var column = 0; column < Columns; column += Side)
                {
                    var place = (uint*)target + word * Columns + column;
                    Square(source + column * columnBytes + word * sizeof(uint), columnBytes, Vector128.Create(flips), place);
                }
            }
        }

        for (; word < words; word++)
        {
            for (var column = 0; column < columns; column++)
            {
                var place = (uint*)target + word * Columns + column;
                *place = *(uint*)(source + column * columnBytes + word * sizeof(uint)) ^ flips;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(byte* source, long columnBytes, Vector128<uint> flips, uint* target)
    {
        var (a, b) = (Vector128.Load((uint*)source), Vector128.Load((uint*)(source + columnBytes)));
        var (c, d) = (Vector128.Load((uint*)(source + 2 * columnBytes)), Vector128.Load((uint*)(source + 3 * columnBytes)));
        var (lowAb, highAb) = (Sse2.UnpackLow(a, b).AsUInt64(), Sse2.UnpackHigh(a, b).AsUInt64());
        var (lowCd, highCd) = (Sse2.UnpackLow(c, d).AsUInt64(), Sse2.UnpackHigh(c, d).AsUInt64());
        (Sse2.UnpackLow(lowAb, lowCd).AsUInt32() ^ flips).Store(target);
        (Sse2.UnpackHigh(lowAb, lowCd).AsUInt32() ^ flips).Store(target + Columns);
        (Sse2.UnpackLow(highAb, highCd).AsUInt32() ^ flips).Store(target + 2 * Columns);
        (Sse2.UnpackHigh(highAb, highCd).AsUInt32() ^ flips).Store(target + 3 * Columns);
    }
}
