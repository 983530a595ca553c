using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 16 groups: scale f16; 32 words of 16 bits, nine for a row of the codebook and seven for its signs
/// (64 bytes); 4-bit scales of the groups (8 bytes).
/// </summary>
internal readonly struct IQ2_XS : IBlockFormat
{
    public static DType Type => DType.IQ2_XS;

    public static int GroupElements => 16;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        FourBitScales.Unpack((float)ReadHalfLittleEndian(block), block[66..], scales);
        for (var r = 0; r < 32; r++)
        {
            var word = (uint)ReadUInt16LittleEndian(block[(2 + r * 2)..]);
            Codebook.Iq2Xs.CopyRow((int)(word & 0x1FF), Codebook.EvenSigns(word >> 9), codes[(r * 8)..]);
        }
    }
}
