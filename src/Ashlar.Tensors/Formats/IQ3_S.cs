using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 8 groups: scale f16; the lower eight bits of 64 rows of the codebook (64 bytes); their ninth bits, in
/// order (8 bytes); signs (32 bytes); 4-bit scales of the groups (4 bytes).
/// </summary>
internal readonly struct IQ3_S : IBlockFormat
{
    public static DType Type => DType.IQ3_S;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        var scale = (float)ReadHalfLittleEndian(block);
        for (var g = 0; g < 8; g++) scales[g] = scale * (1 + 2 * (block[106 + g / 2] >> g % 2 * 4 & 0x0F));

        for (var r = 0; r < 64; r++)
        {
            var row = block[2 + r] | (block[66 + r / 8] >> r % 8 & 1) << 8;
            var signs = block[74 + r / 2] >> r % 2 * 4;
            Codebook.Iq3S.CopyRow(row, signs, codes[(r * 4)..]);
        }
    }
}
