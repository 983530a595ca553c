using System.Runtime.Intrinsics;
using Ashlar.Tensors.Backends.Kernels;

namespace Ashlar.Tensors.Backends.Portable;

/// <summary>Writes pieces of rows in the forms that matrix products take.</summary>
internal static unsafe class RowWriter
{
    /// <summary>
    /// Rounds elements to BF16, to the nearest even; what is not a number stays so. Behind the last element of a row, zeros are
    /// written up to a multiple of 32.
    /// </summary>
    /// <param name="x">The elements; as many more as fill sixteen can be read.</param>
    /// <param name="target">Where the first goes.</param>
    /// <param name="count">How many.</param>
    /// <param name="isLast">Whether they are the last of their row.</param>
    public static void WriteBFloat16(float* x, ushort* target, int count, bool isLast)
    {
        const int AtOnce = 8, Padding = 32;
        for (var i = 0; i < count; i += AtOnce)
        {
            Vector128.Store(Vector128.Narrow(Round(Vector128.Load(x + i)), Round(Vector128.Load(x + i + 4))), target + i);
        }

        if (!isLast) return;
        var end = (count + Padding - 1) / Padding * Padding;
        new Span<ushort>(target + count, end - count).Clear();
    }

    /// <summary>Quantizes groups of 32 elements, as <see cref="QuantizedRows"/> says.</summary>
    /// <param name="x">The elements.</param>
    /// <param name="row">The row that they are written to.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="offsets">(biases of the layout) Where in the row the numbers of each begin, in bytes.</param>
    /// <param name="start">The place of the first element in its row, a multiple of 32.</param>
    /// <param name="count">How many elements, a multiple of 32.</param>
    public static void WriteQuantized(float* x, byte* row, QuantizedRows layout, long[] offsets, int start, int count)
    {
        var codes = (sbyte*)row + start;
        var scales = (float*)(row + layout.Scales) + start / QuantizedRows.Group;
        for (var i = 0; i < count; i += QuantizedRows.Group) scales[i / QuantizedRows.Group] = Quantize(x + i, codes + i);
        for (var i = 0; i < offsets.Length; i++)
        {
            var bias = layout.Biases[i];
            var place = row + offsets[i] + start / bias.Group * 4;
            for (var g = 0; g < count / bias.Group; g++)
            {
                var sum = 0;
                for (var j = 0; j < bias.Group; j++) sum += codes[g * bias.Group + j];
                if (bias.Zero != 0) ((int*)place)[g] = -bias.Zero * sum;
                else ((float*)place)[g] = scales[g * bias.Group / QuantizedRows.Group] * sum;
            }
        }
    }

    // Half of what is cut off, less a little where the kept part is even, carries into it.
    private static Vector128<uint> Round(Vector128<float> x)
    {
        var bits = x.AsUInt32();
        var rounded = bits + Vector128.Create(0x7FFFu) + ((bits >> 16) & Vector128<uint>.One);
        return Vector128.ConditionalSelect(Vector128.IsNaN(x).AsUInt32(), bits | Vector128.Create(0x400000u), rounded) >> 16;
    }

    // The scale of a group.
    private static float Quantize(float* x, sbyte* codes)
    {
        var sizes = Vector128<float>.Zero;
        for (var i = 0; i < QuantizedRows.Group; i += 4) sizes = Vector128.Max(sizes, Vector128.Abs(Vector128.Load(x + i)));
        var largest = MathF.Max(MathF.Max(sizes[0], sizes[1]), MathF.Max(sizes[2], sizes[3]));
        var factor = QuantizedRows.Factor(largest);
        for (var i = 0; i < QuantizedRows.Group; i += 16)
        {
            var low = Vector128.Narrow(Code(x + i, factor), Code(x + i + 4, factor));
            var high = Vector128.Narrow(Code(x + i + 8, factor), Code(x + i + 12, factor));
            Vector128.Store(Vector128.Narrow(low, high), codes + i);
        }

        return largest / QuantizedRows.LargestCode;
    }

    private static Vector128<int> Code(float* x, float factor) =>
        Vector128.ConvertToInt32(Vector128.Round(Vector128.Load(x) * factor));
}
