using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements: codes of 0, 1, 2 less 1, five to a byte (48 bytes) and four to a byte (4 bytes); scale f16.
/// </summary>
/// <remarks>
/// A byte is a fraction of 256: its digits to the base 3 are what the carries say when it is multiplied by 3 again and
/// again. The digits of a run of 32, then 16, then 4 bytes are laid out as planes, the first digit of every byte first.
/// </remarks>
internal readonly struct TQ1_0 : IBlockFormat
{
    public static DType Type => DType.TQ1_0;

    public static int GroupElements => 256;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        UnpackDigits(block[..32], codes[..160]);
        UnpackDigits(block[32..48], codes[160..240]);
        UnpackDigits(block[48..52], codes[240..]);
        scales[0] = (float)ReadHalfLittleEndian(block[52..]);
    }

    private static void UnpackDigits(ReadOnlySpan<byte> packed, Span<sbyte> codes)
    {
        for (var i = 0; i < packed.Length; i++)
        {
            int fraction = packed[i];
            for (var at = i; at < codes.Length; at += packed.Length)
            {
                var tripled = 3 * fraction;
                codes[at] = (sbyte)((tripled >> 8) - 1);
                fraction = tripled & 0xFF;
            }
        }
    }
}
