using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>256 elements: 2-bit codes less 1 (64 bytes); scale f16. The code 3, which has no meaning, reads as 2.</summary>
internal readonly struct TQ2_0 : IBlockFormat
{
    public static DType Type => DType.TQ2_0;

    public static int GroupElements => 256;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block[64..]);
        Codes.Unpack(block[..64], run: 32, bits: 2, codes);
        Codes.Lower(codes, 1);
    }
}
