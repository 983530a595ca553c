using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 8 groups: scale f16; the lower eight bits of 32 rows of the ternary codebook (32 bytes); a 16-bit
/// word for each group: the upper three bits of its four rows, three bits of its scale, and the sign of its shift.
/// </summary>
internal readonly struct IQ1_S : IBlockFormat
{
    /// <summary>How far a group's values are moved off -1, 0 and 1, before the scale.</summary>
    public const float Shift = 0.125f;

    public static DType Type => DType.IQ1_S;

    public static int GroupElements => 32;

    public static bool HasOffsets => true;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        var scale = (float)ReadHalfLittleEndian(block);
        for (var g = 0; g < 8; g++)
        {
            var word = ReadUInt16LittleEndian(block[(34 + g * 2)..]);
            scales[g] = scale * (2 * (word >> 12 & 7) + 1);
            offsets[g] = scales[g] * ((word & 0x8000) == 0 ? Shift : -Shift);
            for (var r = 0; r < 4; r++)
            {
                var row = block[2 + g * 4 + r] | (word >> 3 * r & 7) << 8;
                Codebook.Iq1[row].CopyTo(codes[(g * 32 + r * 8)..]);
            }
        }
    }
}
