using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale f16; 4-bit codes less 8 (16 bytes).</summary>
internal readonly struct Q4_0 : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(-8, 7);

    public static DType Type => DType.Q4_0;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        Codes.Unpack(block[2..], run: 16, bits: 4, codes);
        Codes.Add(codes, -8);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        var scale = HalfScale.Write(LevelFit.Scale(values, Levels), unit, block);
        Levels.Round(values, scale, 0, codes);
        Codes.Add(codes, 8);
        Codes.Pack(codes, run: 16, bits: 4, above: 0, block[2..]);
    }
}
