namespace Ashlar.Tensors.Formats;

/// <summary>The scales of IQ2_XS and IQ2_S: two groups of 16 to a byte, the first in the low nibble.</summary>
internal static class FourBitScales
{
    public static void Unpack(float scale, ReadOnlySpan<byte> packed, Span<float> scales)
    {
        for (var i = 0; i < packed.Length; i++)
        {
            scales[2 * i] = scale * (0.5f + (packed[i] & 0x0F)) * 0.25f;
            scales[2 * i + 1] = scale * (0.5f + (packed[i] >> 4)) * 0.25f;
        }
    }
}
