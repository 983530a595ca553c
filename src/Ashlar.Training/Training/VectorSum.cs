using System.Numerics;
using System.Runtime.InteropServices;

namespace Ashlar.Training;

/// <summary>Sums of arrays.</summary>
internal static class VectorSum
{
    /// <summary>Adds each number to its place.</summary>
    public static void Add(Span<float> sum, ReadOnlySpan<float> added)
    {
        var sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        var addends = MemoryMarshal.Cast<float, Vector<float>>(added);
        for (var i = 0; i < sums.Length; i++) sums[i] += addends[i];
        for (var i = sums.Length * Vector<float>.Count; i < sum.Length; i++) sum[i] += added[i];
    }
}
