using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>Turns a matrix of double words: rows become columns. Blocks of 8 by 8 are turned in registers.</summary>
internal static unsafe class Turning
{
    private const int Block = 8;

    /// <summary>(rows, columns) to (columns, rows).</summary>
    /// <param name="source">The matrix.</param>
    /// <param name="sourceStride">Elements from row to row of it.</param>
    /// <param name="target">Where the turned one goes.</param>
    /// <param name="targetStride">Elements from row to row of that.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    public static void Run(uint* source, long sourceStride, uint* target, long targetStride, long rows, long columns)
    {
        long column = 0;
        // Whole lines of the source, and of the target, before others that may fall on them in the cache.
        for (; Avx.IsSupported && column + 2 * Block <= columns; column += 2 * Block)
        {
            long row = 0;
            for (; row + 2 * Block <= rows; row += 2 * Block)
            {
                for (var i = 0; i < 2 * Block; i += Block)
                {
                    var from = source + (row + i) * sourceStride + column;
                    var to = target + column * targetStride + row + i;
                    Turn(from, sourceStride, to, targetStride);
                    Turn(from + Block, sourceStride, to + Block * targetStride, targetStride);
                }
            }

            Rest(source, sourceStride, target, targetStride, row, rows, column, column + 2 * Block);
        }

        Rest(source, sourceStride, target, targetStride, 0, rows, column, columns);
    }

    private static void Rest(
        uint* source, long sourceStride, uint* target, long targetStride, long row, long rows, long column, long columns)
    {
        for (; row < rows; row++)
        {
            for (var i = column; i < columns; i++) target[i * targetStride + row] = source[row * sourceStride + i];
        }
    }

    private static void Turn(uint* source, long stride, uint* target, long targetStride) => Turn(
        Load(source), Load(source + stride), Load(source + 2 * stride), Load(source + 3 * stride),
        Load(source + 4 * stride), Load(source + 5 * stride), Load(source + 6 * stride), Load(source + 7 * stride),
        target, targetStride);

    /// <summary>Rows of 8 double words to columns, which begin so many double words from one another in the target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn(
        Vector256<float> r0, Vector256<float> r1, Vector256<float> r2, Vector256<float> r3,
        Vector256<float> r4, Vector256<float> r5, Vector256<float> r6, Vector256<float> r7, uint* target, long targetStride)
    {
        var (a0, a1) = (Avx.UnpackLow(r0, r1), Avx.UnpackHigh(r0, r1));
        var (a2, a3) = (Avx.UnpackLow(r2, r3), Avx.UnpackHigh(r2, r3));
        var (a4, a5) = (Avx.UnpackLow(r4, r5), Avx.UnpackHigh(r4, r5));
        var (a6, a7) = (Avx.UnpackLow(r6, r7), Avx.UnpackHigh(r6, r7));
        var (b0, b1) = (Avx.Shuffle(a0, a2, 0x44), Avx.Shuffle(a0, a2, 0xEE));
        var (b2, b3) = (Avx.Shuffle(a1, a3, 0x44), Avx.Shuffle(a1, a3, 0xEE));
        var (b4, b5) = (Avx.Shuffle(a4, a6, 0x44), Avx.Shuffle(a4, a6, 0xEE));
        var (b6, b7) = (Avx.Shuffle(a5, a7, 0x44), Avx.Shuffle(a5, a7, 0xEE));
        var to = (float*)target;
        Avx.Permute2x128(b0, b4, 0x20).Store(to);
        Avx.Permute2x128(b1, b5, 0x20).Store(to + targetStride);
        Avx.Permute2x128(b2, b6, 0x20).Store(to + 2 * targetStride);
        Avx.Permute2x128(b3, b7, 0x20).Store(to + 3 * targetStride);
        Avx.Permute2x128(b0, b4, 0x31).Store(to + 4 * targetStride);
        Avx.Permute2x128(b1, b5, 0x31).Store(to + 5 * targetStride);
        Avx.Permute2x128(b2, b6, 0x31).Store(to + 6 * targetStride);
        Avx.Permute2x128(b3, b7, 0x31).Store(to + 7 * targetStride);
    }

    private static Vector256<float> Load(uint* source) => Vector256.Load((float*)source);
}
