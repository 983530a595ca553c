using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 32 elements: scale f16; the fifth bit of every code, in order (4 bytes); their lower four (16 bytes). Codes less 16.
/// </summary>
internal readonly struct Q5_0 : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(-16, 15);

    public static DType Type => DType.Q5_0;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        Codes.Unpack(block[6..], run: 16, bits: 4, codes);
        Codes.UnpackHigh(block[2..6], run: 1, bits: 1, above: 4, codes);
        Codes.Add(codes, -16);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        var scale = HalfScale.Write(LevelFit.Scale(values, Levels), unit, block);
        Levels.Round(values, scale, 0, codes);
        Codes.Add(codes, 16);
        Codes.Pack(codes, run: 16, bits: 4, above: 0, block[6..]);
        Codes.Pack(codes, run: 1, bits: 1, above: 4, block[2..6]);
    }
}
