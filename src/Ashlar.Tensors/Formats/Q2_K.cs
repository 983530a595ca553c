using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 16 groups: a scale in the low nibble and a minimum in the high one for each group (16 bytes); 2-bit
/// codes (64 bytes); f16 factor of the scales; f16 factor of the minimums, which are subtracted.
/// </summary>
internal readonly struct Q2_K : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(0, 3);

    public static DType Type => DType.Q2_K;

    public static int GroupElements => 16;

    public static bool HasOffsets => true;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        var scale = (float)ReadHalfLittleEndian(block[80..]);
        var minimum = (float)ReadHalfLittleEndian(block[82..]);
        for (var g = 0; g < 16; g++)
        {
            scales[g] = scale * (block[g] & 0x0F);
            offsets[g] = -(minimum * (block[g] >> 4));
        }

        Codes.Unpack(block[16..80], run: 32, bits: 2, codes);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        Span<sbyte> scaleSteps = stackalloc sbyte[16];
        Span<sbyte> minimumSteps = stackalloc sbyte[16];
        SteppedScales.FitWithMinimums(values, unit, Levels, highest: 15, block[80..], scaleSteps, minimumSteps, codes);
        for (var g = 0; g < 16; g++) block[g] = (byte)(scaleSteps[g] + (minimumSteps[g] << 4));
        Codes.Pack(codes, run: 32, bits: 2, above: 0, block[16..80]);
    }
}
