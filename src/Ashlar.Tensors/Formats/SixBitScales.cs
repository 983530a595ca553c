using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// The head of Q4_K and Q5_K, 16 bytes: f16 factor of the scales; f16 factor of the minimums, which are subtracted; then
/// eight scales and eight minimums of 6 bits in 12 bytes.
/// </summary>
/// <remarks>
/// With the scales A-H and the minimums a-h, bytes 0-3 hold A-D, bytes 4-7 a-d, and bytes 8-11 the lower four bits of
/// E-H (low nibble) and e-h (high nibble). The upper two bits of E-H and e-h fill the tops of bytes 0-3 and 4-7.
/// </remarks>
internal static class SixBitScales
{
    public static void Unpack(ReadOnlySpan<byte> head, Span<float> scales, Span<float> offsets)
    {
        var scale = (float)ReadHalfLittleEndian(head);
        var minimum = (float)ReadHalfLittleEndian(head[2..]);
        var packed = head[4..16];
        for (var g = 0; g < 4; g++)
        {
            var (low, middle, high) = (packed[g], packed[g + 4], packed[g + 8]);
            scales[g] = scale * (low & 0x3F);
            offsets[g] = -(minimum * (middle & 0x3F));
            scales[g + 4] = scale * (high & 0x0F | low >> 6 << 4);
            offsets[g + 4] = -(minimum * (high >> 4 | middle >> 6 << 4));
        }
    }

    public static void Fit(ReadOnlySpan<float> values, float unit, Levels levels, Span<byte> head, Span<sbyte> codes)
    {
        Span<sbyte> scales = stackalloc sbyte[8];
        Span<sbyte> minimums = stackalloc sbyte[8];
        SteppedScales.FitWithMinimums(values, unit, levels, highest: 63, head, scales, minimums, codes);
        var packed = head[4..];
        for (var g = 0; g < 4; g++)
        {
            packed[g] = (byte)(scales[g] + (scales[g + 4] >> 4 << 6));
            packed[g + 4] = (byte)(minimums[g] + (minimums[g + 4] >> 4 << 6));
            packed[g + 8] = (byte)((scales[g + 4] & 0x0F) + (minimums[g + 4] << 4));
        }
    }
}
