using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 16 groups: scale f16; the lower eight bits of 32 rows of the codebook (32 bytes); their signs
/// (32 bytes); the upper two bits of the rows (8 bytes); 4-bit scales of the groups (8 bytes).
/// </summary>
internal readonly struct IQ2_S : IBlockFormat
{
    public static DType Type => DType.IQ2_S;

    public static int GroupElements => 16;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        FourBitScales.Unpack((float)ReadHalfLittleEndian(block), block[74..], scales);
        for (var r = 0; r < 32; r++)
        {
            var row = block[2 + r] | (block[66 + r / 4] >> r % 4 * 2 & 3) << 8;
            Codebook.Iq2S.CopyRow(row, block[34 + r], codes[(r * 8)..]);
        }
    }
}
