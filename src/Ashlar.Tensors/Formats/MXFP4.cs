namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale E8M0 (1 byte); 4-bit floats (16 bytes). See <see cref="Float4"/>.</summary>
internal readonly struct MXFP4 : IBlockFormat
{
    public static DType Type => DType.MXFP4;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = Float4.HalfE8M0(block[0]);
        Codes.Unpack(block[1..], run: 16, bits: 4, codes);
        Codes.LookUp(codes, Float4.DoubledValues);
    }
}
