using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 16 groups: the lower four bits of the codes (128 bytes); their upper two (64 bytes); signed 8-bit
/// scales (16 bytes); f16 factor of the scales. Codes less 32.
/// </summary>
internal readonly struct Q6_K : IBlockFormat
{
    public static DType Type => DType.Q6_K;

    public static int GroupElements => 16;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        Codes.Unpack(block[..128], run: 64, bits: 4, codes);
        Codes.UnpackHigh(block[128..192], run: 32, bits: 2, above: 4, codes);
        Codes.Lower(codes, 32);
        var scale = (float)ReadHalfLittleEndian(block[208..]);
        for (var g = 0; g < 16; g++) scales[g] = scale * (sbyte)block[192 + g];
    }
}
