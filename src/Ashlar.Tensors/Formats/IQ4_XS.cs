using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 8 groups: f16 factor of the scales; 6-bit scales, the upper two bits (2 bytes) before the lower four
/// (4 bytes); 4-bit indices into the values of <see cref="IQ4_NL"/> (128 bytes). Scales less 32.
/// </summary>
internal readonly struct IQ4_XS : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Table(IQ4_NL.Values);

    public static DType Type => DType.IQ4_XS;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        var scale = (float)ReadHalfLittleEndian(block);
        Span<sbyte> steps = stackalloc sbyte[8];
        Codes.Unpack(block[4..8], run: 1, bits: 4, steps);
        Codes.UnpackHigh(block[2..4], run: 1, bits: 2, above: 4, steps);
        Codes.Add(steps, -32);
        for (var g = 0; g < 8; g++) scales[g] = scale * steps[g];

        Codes.Unpack(block[8..], run: 16, bits: 4, codes);
        Codes.LookUp(codes, IQ4_NL.Values);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        Span<sbyte> steps = stackalloc sbyte[8];
        SteppedScales.Fit(values, unit, Levels, lowest: -32, block, steps, codes);
        Codes.Add(steps, 32);
        Codes.Pack(steps, run: 1, bits: 4, above: 0, block[4..8]);
        Codes.Pack(steps, run: 1, bits: 2, above: 4, block[2..4]);
        Codes.FindIndices(codes, IQ4_NL.Values);
        Codes.Pack(codes, run: 16, bits: 4, above: 0, block[8..]);
    }
}
