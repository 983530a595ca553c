using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>
/// Turns 16 rows of k elements, or fewer, into k rows of 16. Blocks of 8 by 8 double words are turned in registers; pairs of
/// 16-bit elements are turned as double words, and halves are then parted from their neighbours.
/// </summary>
internal static unsafe class PlainTranspose
{
    private const int Columns = 16, Block = 8;

    /// <summary>Elements of 32 bits: (columns, k), rows <paramref name="stride"/> elements apart, to (k, 16).</summary>
    public static void Singles(uint* source, long stride, long k, int columns, uint* target)
    {
        var done = 0L;
        if (columns == Columns && Avx2.IsSupported)
        {
            for (; done + 2 * Block <= k; done += 2 * Block)
            {
                // A whole cache line of each row before the next rows, which may fall on these in the cache.
                for (var half = 0; half < Columns; half += Block)
                {
                    Turn(source + half * stride + done, stride, target + done * Columns + half);
                    Turn(source + half * stride + done + Block, stride, target + (done + Block) * Columns + half);
                }
            }
        }

        for (var i = done; i < k; i++)
        {
            for (var column = 0; column < Columns; column++)
            {
                target[i * Columns + column] = column < columns ? source[column * stride + i] : 0;
            }
        }
    }

    /// <summary>Elements of 16 bits: (columns, k) to (k / 2, 16, 2), the last pair filled with zero where k is odd.</summary>
    public static void Pairs(ushort* source, long k, int columns, ushort* target)
    {
        // Rows of an odd number of elements begin in the middle of a double word: the stride is in elements of 16 bits.
        var done = 0L;
        if (columns == Columns && Avx2.IsSupported)
        {
            for (; done + 2 * Block <= k; done += 2 * Block)
            {
                TurnPairs(source + done, k, (uint*)target + done / 2 * Columns);
                TurnPairs(source + Block * k + done, k, (uint*)target + done / 2 * Columns + Block);
            }
        }

        for (var i = done; i < k + k % 2; i++)
        {
            for (var column = 0; column < Columns; column++)
            {
                target[i / 2 * 2 * Columns + column * 2 + i % 2] = column < columns && i < k ? source[column * k + i] : (ushort)0;
            }
        }
    }

    /// <summary>Elements of 16 bits: (columns, k) to (k, 16).</summary>
    public static void Halves(ushort* source, long k, int columns, ushort* target)
    {
        var done = 0L;
        if (columns == Columns && Avx2.IsSupported)
        {
            var turned = stackalloc uint[Block * Columns];
            for (; done + 2 * Block <= k; done += 2 * Block)
            {
                TurnPairs(source + done, k, turned);
                TurnPairs(source + Block * k + done, k, turned + Block);
                for (var i = 0; i < Block; i++)
                {
                    var (low, high) = (Vector256.Load(turned + i * Columns), Vector256.Load(turned + i * Columns + Block));
                    Part(low, high, (uint*)(target + (done + 2 * i) * Columns));
                }
            }
        }

        for (var i = done; i < k; i++)
        {
            for (var column = 0; column < Columns; column++)
            {
                target[i * Columns + column] = column < columns ? source[column * k + i] : (ushort)0;
            }
        }
    }

    /// <summary>16 pairs to 16 first elements, then 16 second ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part(Vector256<uint> low, Vector256<uint> high, uint* target)
    {
        var mask = Vector256.Create(0xFFFFu);
        var first = Avx2.PackUnsignedSaturate((low & mask).AsInt32(), (high & mask).AsInt32());
        var second = Avx2.PackUnsignedSaturate((low >> 16).AsInt32(), (high >> 16).AsInt32());
        // The halves of 128 bits were packed each for themselves.
        Avx2.Permute4x64(first.AsUInt64(), 0b11_01_10_00).Store((ulong*)target);
        Avx2.Permute4x64(second.AsUInt64(), 0b11_01_10_00).Store((ulong*)target + 4);
    }

    private static void TurnPairs(ushort* source, long stride, uint* target) => Turning.Turn(
        Load(source), Load(source + stride), Load(source + 2 * stride), Load(source + 3 * stride),
        Load(source + 4 * stride), Load(source + 5 * stride), Load(source + 6 * stride), Load(source + 7 * stride),
        target, Columns);

    private static void Turn(uint* source, long stride, uint* target) => TurnPairs((ushort*)source, 2 * stride, target);

    private static Vector256<float> Load(ushort* source) => Vector256.Load((float*)source);
}
