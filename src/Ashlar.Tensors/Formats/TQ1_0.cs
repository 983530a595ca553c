using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements: codes of 0, 1, 2 less 1, five to a byte (48 bytes) and four to a byte (4 bytes); scale f16.
/// </summary>
/// <remarks>
/// A byte is a fraction of 256: its digits to the base 3 are what the carries say when it is multiplied by 3 again and
/// again. The digits of a run of 32, then 16, then 4 bytes are laid out as planes, the first digit of every byte first.
/// </remarks>
internal readonly struct TQ1_0 : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(-1, 1);

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

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        var scale = HalfScale.Write(LevelFit.Scale(values, Levels), unit, block[52..]);
        Levels.Round(values, scale, 0, codes);
        Codes.Add(codes, 1);
        PackDigits(codes[..160], block[..32]);
        PackDigits(codes[160..240], block[32..48]);
        PackDigits(codes[240..], block[48..52]);
    }

    private static void PackDigits(ReadOnlySpan<sbyte> codes, Span<byte> packed)
    {
        for (var i = 0; i < packed.Length; i++)
        {
            var (number, place) = (0, 81);
            for (var at = i; at < codes.Length; at += packed.Length, place /= 3) number += codes[at] * place;

            // The least fraction of 256 that is not below number / 243.
            packed[i] = (byte)((number * 256 + 242) / 243);
        }
    }
}
