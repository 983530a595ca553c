using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 16 groups: the third bit of the codes (32 bytes); their lower two (64 bytes); 6-bit scales, the lower
/// four bits (8 bytes) before the upper two (4 bytes); f16 factor of the scales. Codes less 4, scales less 32.
/// </summary>
internal readonly struct Q3_K : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(-4, 3);

    public static DType Type => DType.Q3_K;

    public static int GroupElements => 16;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        Codes.Unpack(block[32..96], run: 32, bits: 2, codes);
        Codes.UnpackHigh(block[..32], run: 32, bits: 1, above: 2, codes);
        Codes.Add(codes, -4);

        Span<sbyte> steps = stackalloc sbyte[16];
        Codes.Unpack(block[96..104], run: 8, bits: 4, steps);
        Codes.UnpackHigh(block[104..108], run: 4, bits: 2, above: 4, steps);
        Codes.Add(steps, -32);
        var scale = (float)ReadHalfLittleEndian(block[108..]);
        for (var g = 0; g < 16; g++) scales[g] = scale * steps[g];
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        Span<sbyte> steps = stackalloc sbyte[16];
        SteppedScales.Fit(values, unit, Levels, lowest: -32, block[108..], steps, codes);
        Codes.Add(codes, 4);
        Codes.Pack(codes, run: 32, bits: 2, above: 0, block[32..96]);
        Codes.Pack(codes, run: 32, bits: 1, above: 2, block[..32]);
        Codes.Add(steps, 32);
        Codes.Pack(steps, run: 8, bits: 4, above: 0, block[96..104]);
        Codes.Pack(steps, run: 4, bits: 2, above: 4, block[104..108]);
    }
}
