using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>256 elements: 2-bit codes less 1 (64 bytes); scale f16. The code 3, which has no meaning, reads as 2.</summary>
internal readonly struct TQ2_0 : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(-1, 1);

    public static DType Type => DType.TQ2_0;

    public static int GroupElements => 256;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block[64..]);
        Codes.Unpack(block[..64], run: 32, bits: 2, codes);
        Codes.Add(codes, -1);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        var scale = HalfScale.Write(LevelFit.Scale(values, Levels), unit, block[64..]);
        Levels.Round(values, scale, 0, codes);
        Codes.Add(codes, 1);
        Codes.Pack(codes, run: 32, bits: 2, above: 0, block[..64]);
    }
}
