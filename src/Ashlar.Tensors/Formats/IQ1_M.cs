using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements: the lower eight bits of 32 rows of the ternary codebook (32 bytes); a nibble for each row, its upper
/// three bits and the sign of its shift (16 bytes); four 16-bit words, each with four 3-bit scales of 16 elements, and in
/// its top nibble a quarter of the f16 scale, the lowest first (8 bytes).
/// </summary>
internal readonly struct IQ1_M : IBlockFormat
{
    public static DType Type => DType.IQ1_M;

    // Scales are shared by 16, shifts by 8.
    public static int GroupElements => 8;

    public static bool HasOffsets => true;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        var scaleBits = 0;
        for (var w = 0; w < 4; w++) scaleBits |= ReadUInt16LittleEndian(block[(48 + w * 2)..]) >> 12 << 4 * w;
        var scale = (float)BitConverter.UInt16BitsToHalf((ushort)scaleBits);

        for (var r = 0; r < 32; r++)
        {
            var word = ReadUInt16LittleEndian(block[(48 + r / 8 * 2)..]);
            var high = block[32 + r / 2] >> r % 2 * 4;
            scales[r] = scale * (2 * (word >> r / 2 % 4 * 3 & 7) + 1);
            offsets[r] = scales[r] * ((high & 8) == 0 ? IQ1_S.Shift : -IQ1_S.Shift);
            Codebook.Iq1[block[r] | (high & 7) << 8].CopyTo(codes[(r * 8)..]);
        }
    }
}
