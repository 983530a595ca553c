using System.Numerics;
using System.Runtime.InteropServices;

namespace Ashlar.Training;

/// <summary>Sums of arrays.</summary>
internal static class VectorSum
{
    /// <summary>Adds each number to its place.</summary>
    public static void Add(Span<float> sum, ReadOnlySpan<float> added)
    {
        var (sums, addends) = (MemoryMarshal.Cast<float, Vector<float>>(sum).Length, 0);
        for (; addends < sums; addends++)
        {
            var place = addends * Vector<float>.Count;
            (new Vector<float>(sum[place..]) + new Vector<float>(added[place..])).CopyTo(sum[place..]);
        }

        for (var i = sums * Vector<float>.Count; i < sum.Length; i++) sum[i] += added[i];
    }
}
