using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale f16; the fifth bit of every code, in order (4 bytes); their lower four (16 bytes). Codes less 16.</summary>
internal readonly struct Q5_0 : IBlockFormat
{
    public static DType Type => DType.Q5_0;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        Codes.Unpack(block[6..], run: 16, bits: 4, codes);
        Codes.UnpackHigh(block[2..6], run: 1, bits: 1, above: 4, codes);
        Codes.Lower(codes, 16);
    }
}
