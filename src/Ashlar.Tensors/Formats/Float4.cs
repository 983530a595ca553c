namespace Ashlar.Tensors.Formats;

/// <summary>
/// The small floats of MXFP4 and NVFP4: elements of 4 bits (E2M1: sign, two bits of exponent, one of mantissa) and scales
/// of 8 bits. Source: OCP Microscaling Formats 1.0; ggml for the unsigned E4M3 of NVFP4.
/// </summary>
internal static class Float4
{
    /// <summary>The sixteen values of E2M1, doubled to make them whole numbers. The scales below are halved to match.</summary>
    public static ReadOnlySpan<sbyte> DoubledValues => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>Half of an E8M0 scale: 2^(bits - 128). Its NaN, 255, is not honoured: it reads as 2^127, as in ggml.</summary>
    public static float HalfE8M0(byte bits) =>
        BitConverter.UInt32BitsToSingle(bits < 2 ? 0x00200000u << bits : (uint)(bits - 1) << 23);

    /// <summary>Half of an E4M3 scale of which the sign is ignored. Its NaN, 0x7F, reads as zero, as in ggml.</summary>
    public static float HalfUE4M3(byte bits)
    {
        if (bits == 0x7F) return 0;

        var (exponent, mantissa) = (bits >> 3 & 0x0F, bits & 7);
        return exponent == 0
            ? mantissa * (1 / 1024f)
            : BitConverter.Int32BitsToSingle(exponent - 8 + 127 << 23 | mantissa << 20);
    }

    /// <summary>The bits of the largest E4M3 scale, 448.</summary>
    public const int LargestUE4M3 = 0x7E;

    /// <summary>
    /// The bits of the largest E4M3 scale of which the half is not above <paramref name="half"/>; half is 0 or more.
    /// </summary>
    public static int FloorUE4M3(float half)
    {
        var (low, high) = (0, LargestUE4M3);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (HalfUE4M3((byte)middle) <= half) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
