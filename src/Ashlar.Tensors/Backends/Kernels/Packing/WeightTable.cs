using System.Collections.Frozen;
using Ashlar.Tensors.Formats;

namespace Ashlar.Tensors.Backends.Kernels.Packing;

/// <summary>The packed layout of every block format: one line each.</summary>
internal static class WeightTable
{
    private static readonly CodePlane Byte = new(8, 0), Nibble = new(4, 0), Pair = new(2, 0);

    /// <summary>What formats without a layout of their own become: a byte a code, an F32 scale for every 32 or 16.</summary>
    private static readonly PackedFormat
        Wide = new(32, 32, [Byte], 128, ScaleForm.Single),
        WideGroupsOf16 = new(32, 16, [Byte], 128, ScaleForm.Single);

    private static readonly FrozenDictionary<DType, PackedFormat> Formats = new Dictionary<DType, PackedFormat>
    {
        [DType.Q4_0] = new(32, 32, [Nibble], 8, ScaleForm.Half),
        [DType.Q4_1] = new(32, 32, [Nibble], 0, ScaleForm.HalfAndOffset),
        [DType.Q5_0] = new(32, 32, [Nibble, new(1, 4)], 16, ScaleForm.Half),
        [DType.Q5_1] = new(32, 32, [Nibble, new(1, 4)], 0, ScaleForm.HalfAndOffset),
        [DType.Q8_0] = new(32, 32, [Byte], 128, ScaleForm.Half),
        [DType.Q2_K] = new(256, 16, [Pair], 0, ScaleForm.NibbleStepsAndOffsets),
        [DType.Q3_K] = new(256, 16, [Pair, new(1, 2)], 4, ScaleForm.Steps),
        [DType.Q4_K] = new(256, 32, [Nibble], 0, ScaleForm.StepsAndOffsets),
        [DType.Q5_K] = new(256, 32, [Nibble, new(1, 4)], 0, ScaleForm.StepsAndOffsets),
        [DType.Q6_K] = new(256, 16, [Nibble, new(2, 4)], 32, ScaleForm.Steps),
        [DType.IQ4_NL] = new(32, 32, [Nibble], 128, ScaleForm.Half) { Values = [.. Codes(IQ4_NL.Values, 128)] },
        [DType.IQ4_XS] = new(256, 32, [Nibble], 128, ScaleForm.Steps) { Values = [.. Codes(IQ4_NL.Values, 128)] },
        [DType.MXFP4] = new(32, 32, [Nibble], 12, ScaleForm.PowerOfTwo) { Values = [.. Codes(Float4.DoubledValues, 12)] },
        [DType.TQ2_0] = new(32, 32, [Pair], 1, ScaleForm.Half),
        [DType.NVFP4] = new(32, 16, [Nibble], 12, ScaleForm.Half) { Values = [.. Codes(Float4.DoubledValues, 12)] },
        [DType.IQ1_S] = Wide,
        [DType.IQ1_M] = WideGroupsOf16,
        [DType.IQ2_XXS] = Wide,
        [DType.IQ2_XS] = WideGroupsOf16,
        [DType.IQ2_S] = WideGroupsOf16,
        [DType.IQ3_XXS] = Wide,
        [DType.IQ3_S] = Wide,
        [DType.TQ1_0] = Wide,
    }.ToFrozenDictionary();

    /// <summary>The layout of a format, or null where it has none: plain numbers.</summary>
    public static PackedFormat? Find(DType type) => Formats.GetValueOrDefault(type);

    /// <summary>The layout of a block format.</summary>
    public static PackedFormat Of(DType type) => Find(type)
        ?? throw new ArgumentOutOfRangeException(nameof(type), type, "no block format");

    private static byte[] Codes(ReadOnlySpan<sbyte> values, int zero)
    {
        var codes = new byte[values.Length];
        for (var i = 0; i < codes.Length; i++) codes[i] = (byte)(values[i] + zero);
        return codes;
    }
}
