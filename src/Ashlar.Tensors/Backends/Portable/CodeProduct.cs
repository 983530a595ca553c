using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// Sums of products of 8-bit codes, exact, by what the processor has: each 32 bits of a vector of weights hold four successive
/// elements of a column, and are multiplied with the same four of the row.
/// </summary>
/// <param name="largestCode">The largest code of the weights, to 255.</param>
internal readonly unsafe struct CodeProduct(int largestCode)
{
    private const int VectorBytes = 64, Half = 32, Quarter = 16;

    // How many sums of two products 16 bits hold.
    private readonly int _pairsAtOnce = (short.MaxValue / (2 * QuantizedRows.LargestCode * Math.Max(1, largestCode))) switch
    {
        >= 8 => 8,
        >= 4 => 4,
        >= 2 => 2,
        var fits => fits,
    };

    /// <summary>The sums of sixteen columns.</summary>
    /// <param name="codes">(vectors, 16, 4) The weights' codes, from 0.</param>
    /// <param name="x">(vectors, 4) The row's codes, from -127.</param>
    /// <param name="vectors">How many vectors, 4 or 8.</param>
    /// <param name="bias">What the sums begin with.</param>
    public (Vector256<int> Low, Vector256<int> High) Of(byte* codes, sbyte* x, int vectors, int bias)
    {
        if (Avx2.IsSupported) return _pairsAtOnce > 0 ? Pairs(codes, x, vectors, bias) : EvenAndOdd(codes, x, vectors, bias);
        return Dp.IsSupported ? Quadruples(codes, x, vectors, bias) : Widened(codes, x, vectors, bias);
    }

    private (Vector256<int> Low, Vector256<int> High) Pairs(byte* codes, sbyte* x, int vectors, int bias)
    {
        var (low, high) = (Vector256.Create(bias), Vector256.Create(bias));
        var atOnce = Math.Min(_pairsAtOnce, vectors);
        for (var done = 0; done < vectors; done += atOnce)
        {
            var (lowPairs, highPairs) = (Vector256<short>.Zero, Vector256<short>.Zero);
            for (var i = 0; i < atOnce; i++, codes += VectorBytes, x += 4)
            {
                var elements = Vector256.Create(*(int*)x).AsSByte();
                lowPairs += Avx2.MultiplyAddAdjacent(Vector256.Load(codes), elements);
                highPairs += Avx2.MultiplyAddAdjacent(Vector256.Load(codes + Half), elements);
            }

            low += Avx2.MultiplyAddAdjacent(lowPairs, Vector256<short>.One);
            high += Avx2.MultiplyAddAdjacent(highPairs, Vector256<short>.One);
        }

        return (low, high);
    }

    // Pairs of products of codes to 255 do not fit 16 bits: the even elements and the odd ones go by themselves, in 32.
    private static (Vector256<int> Low, Vector256<int> High) EvenAndOdd(byte* codes, sbyte* x, int vectors, int bias)
    {
        var (low, high) = (Vector256.Create(bias), Vector256.Create(bias));
        var lower = Vector256.Create((short)0xFF);
        for (var i = 0; i < vectors; i++, codes += VectorBytes, x += 4)
        {
            var elements = Vector256.Create(*(int*)x).AsInt16();
            var (even, odd) = ((elements << 8) >> 8, elements >> 8);
            var (a, b) = (Vector256.Load(codes).AsInt16(), Vector256.Load(codes + Half).AsInt16());
            low += Avx2.MultiplyAddAdjacent(a & lower, even) + Avx2.MultiplyAddAdjacent(a >>> 8, odd);
            high += Avx2.MultiplyAddAdjacent(b & lower, even) + Avx2.MultiplyAddAdjacent(b >>> 8, odd);
        }

        return (low, high);
    }

    // The instruction multiplies signed bytes: 128 times the sum of the row's codes puts that right.
    private static (Vector256<int> Low, Vector256<int> High) Quadruples(byte* codes, sbyte* x, int vectors, int bias)
    {
        var sum = 0;
        for (var i = 0; i < vectors * 4; i++) sum += x[i];
        var begin = Vector128.Create(bias + 128 * sum);
        var (a, b, c, d) = (begin, begin, begin, begin);
        var sign = Vector128.Create((byte)0x80);
        for (var i = 0; i < vectors; i++, codes += VectorBytes, x += 4)
        {
            var elements = Vector128.Create(*(int*)x).AsSByte();
            a = Dp.DotProduct(a, (Vector128.Load(codes) ^ sign).AsSByte(), elements);
            b = Dp.DotProduct(b, (Vector128.Load(codes + Quarter) ^ sign).AsSByte(), elements);
            c = Dp.DotProduct(c, (Vector128.Load(codes + 2 * Quarter) ^ sign).AsSByte(), elements);
            d = Dp.DotProduct(d, (Vector128.Load(codes + 3 * Quarter) ^ sign).AsSByte(), elements);
        }

        return (Vector256.Create(a, b), Vector256.Create(c, d));
    }

    private static (Vector256<int> Low, Vector256<int> High) Widened(byte* codes, sbyte* x, int vectors, int bias)
    {
        const int Columns = 16;
        var sums = stackalloc int[Columns];
        new Span<int>(sums, Columns).Fill(bias);
        for (var i = 0; i < vectors; i++, codes += VectorBytes, x += 4)
        {
            var elements = Vector128.Create(x[0], x[1], x[2], (int)x[3]);
            for (var column = 0; column < Columns; column += 4)
            {
                var (first, second) = Vector128.Widen(Vector128.Load(codes + column * 4));
                var (a, b) = Vector128.Widen(first.AsInt16());
                var (c, d) = Vector128.Widen(second.AsInt16());
                sums[column] += Vector128.Dot(a, elements);
                sums[column + 1] += Vector128.Dot(b, elements);
                sums[column + 2] += Vector128.Dot(c, elements);
                sums[column + 3] += Vector128.Dot(d, elements);
            }
        }

        return (Vector256.Load(sums), Vector256.Load(sums + Columns / 2));
    }
}
