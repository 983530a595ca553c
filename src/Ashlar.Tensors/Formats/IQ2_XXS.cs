using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 8 groups: scale f16; then for each group four rows of the codebook (4 bytes) and a 32-bit word: four
/// times seven signs, and from bit 28 the group's scale.
/// </summary>
internal readonly struct IQ2_XXS : IBlockFormat
{
    public static DType Type => DType.IQ2_XXS;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        var scale = (float)ReadHalfLittleEndian(block);
        for (var g = 0; g < 8; g++)
        {
            var rows = block.Slice(2 + g * 8, 4);
            var word = ReadUInt32LittleEndian(block[(6 + g * 8)..]);
            scales[g] = scale * (0.5f + (word >> 28)) * 0.25f;
            for (var r = 0; r < 4; r++)
            {
                Codebook.Iq2Xxs.CopyRow(rows[r], Codebook.EvenSigns(word >> 7 * r), codes[(g * 32 + r * 8)..]);
            }
        }
    }
}
