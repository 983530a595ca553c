namespace Ashlar.Tensors.Formats;

/// <summary>64 elements in 4 groups: scales UE4M3 (4 bytes); 4-bit floats (32 bytes). See <see cref="Float4"/>.</summary>
internal readonly struct NVFP4 : IBlockFormat
{
    public static DType Type => DType.NVFP4;

    public static int GroupElements => 16;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        for (var g = 0; g < 4; g++) scales[g] = Float4.HalfUE4M3(block[g]);
        Codes.Unpack(block[4..], run: 8, bits: 4, codes);
        Codes.LookUp(codes, Float4.DoubledValues);
    }
}
