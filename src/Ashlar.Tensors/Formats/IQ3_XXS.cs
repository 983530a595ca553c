using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 8 groups: scale f16; 64 rows of the codebook (64 bytes); a 32-bit word for each group: four times
/// seven signs, each for two rows, and from bit 28 the group's scale.
/// </summary>
internal readonly struct IQ3_XXS : IBlockFormat
{
    public static DType Type => DType.IQ3_XXS;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        var scale = (float)ReadHalfLittleEndian(block);
        for (var g = 0; g < 8; g++)
        {
            var word = ReadUInt32LittleEndian(block[(66 + g * 4)..]);
            scales[g] = scale * (0.5f + (word >> 28)) * 0.5f;
            for (var r = 0; r < 8; r += 2)
            {
                var signs = Codebook.EvenSigns(word >> 7 * (r / 2));
                var at = g * 8 + r;
                Codebook.Iq3Xxs.CopyRow(block[2 + at], signs, codes[(at * 4)..]);
                Codebook.Iq3Xxs.CopyRow(block[3 + at], signs >> 4, codes[(at * 4 + 4)..]);
            }
        }
    }
}
