using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale f16; 4-bit codes less 8 (16 bytes).</summary>
internal readonly struct Q4_0 : IBlockFormat
{
    public static DType Type => DType.Q4_0;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        Codes.Unpack(block[2..], run: 16, bits: 4, codes);
        Codes.Lower(codes, 8);
    }
}
