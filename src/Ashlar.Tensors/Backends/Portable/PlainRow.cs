using System.Runtime.Intrinsics;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>
/// One row of F32 times sixteen columns of 16-bit weights, which are decoded on the way: nothing else would use their panel. The
/// bits are those of <see cref="PanelProduct"/>.
/// </summary>
internal static unsafe class PlainRow
{
    private const int Columns = PanelProduct.Columns, Half = Columns / 2;

    /// <summary>Weights of F16, (k, 16).</summary>
    public static void MultiplyF16(float* x, ushort* weights, long k, float* results)
    {
        var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (long i = 0; i < k; i++, weights += Columns)
        {
            var element = Vector256.Create(x[i]);
            low = Vector256.FusedMultiplyAdd(HalfNumbers.Decode(Vector128.Load(weights)), element, low);
            high = Vector256.FusedMultiplyAdd(HalfNumbers.Decode(Vector128.Load(weights + Half)), element, high);
        }

        low.Store(results);
        high.Store(results + Half);
    }

    /// <summary>Weights of BF16, (k / 2, 16, 2).</summary>
    public static void MultiplyBFloat16(float* x, uint* weights, long k, float* results)
    {
        var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var upper = Vector256.Create(0xFFFF0000);
        for (long i = 0; i < k; i += 2, weights += Columns)
        {
            var (lowPairs, highPairs) = (Vector256.Load(weights), Vector256.Load(weights + Half));
            var even = Vector256.Create(x[i]);
            low = Vector256.FusedMultiplyAdd((lowPairs << 16).AsSingle(), even, low);
            high = Vector256.FusedMultiplyAdd((highPairs << 16).AsSingle(), even, high);
            if (i + 1 == k) break;
            var odd = Vector256.Create(x[i + 1]);
            low = Vector256.FusedMultiplyAdd((lowPairs & upper).AsSingle(), odd, low);
            high = Vector256.FusedMultiplyAdd((highPairs & upper).AsSingle(), odd, high);
        }

        low.Store(results);
        high.Store(results + Half);
    }
}
