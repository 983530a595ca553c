using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 32 elements: scale f16; minimum f16; the fifth bit of every code, in order (4 bytes); their lower four (16 bytes).
/// </summary>
internal readonly struct Q5_1 : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(0, 31);

    public static DType Type => DType.Q5_1;

    public static int GroupElements => 32;

    public static bool HasOffsets => true;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        offsets[0] = (float)ReadHalfLittleEndian(block[2..]);
        Codes.Unpack(block[8..], run: 16, bits: 4, codes);
        Codes.UnpackHigh(block[4..8], run: 1, bits: 1, above: 4, codes);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        var (scale, minimum) = LevelFit.ScaleAndOffset(values, Levels, offsetAtMostZero: false);
        scale = HalfScale.Write(scale, unit, block);
        minimum = HalfScale.Write(minimum, unit, block[2..]);
        Levels.Round(values, scale, minimum, codes);
        Codes.Pack(codes, run: 16, bits: 4, above: 0, block[8..]);
        Codes.Pack(codes, run: 1, bits: 1, above: 4, block[4..8]);
    }
}
