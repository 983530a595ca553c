using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale f16; minimum f16; the fifth bit of every code, in order (4 bytes); their lower four (16 bytes).</summary>
internal readonly struct Q5_1 : IBlockFormat
{
    public static DType Type => DType.Q5_1;

    public static int GroupElements => 32;

    public static bool HasOffsets => true;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        offsets[0] = (float)ReadHalfLittleEndian(block[2..]);
        Codes.Unpack(block[8..], run: 16, bits: 4, codes);
        Codes.UnpackHigh(block[4..8], run: 1, bits: 1, above: 4, codes);
    }
}
