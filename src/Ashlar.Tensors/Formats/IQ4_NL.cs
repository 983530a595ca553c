using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale f16; 4-bit indices into <see cref="Values"/> (16 bytes).</summary>
internal readonly struct IQ4_NL : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Table(Values);

    /// <summary>Sixteen values, denser about zero as weights are.</summary>
    public static ReadOnlySpan<sbyte> Values => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public static DType Type => DType.IQ4_NL;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        Codes.Unpack(block[2..], run: 16, bits: 4, codes);
        Codes.LookUp(codes, Values);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        var scale = HalfScale.Write(LevelFit.Scale(values, Levels), unit, block);
        Levels.Round(values, scale, 0, codes);
        Codes.FindIndices(codes, Values);
        Codes.Pack(codes, run: 16, bits: 4, above: 0, block[2..]);
    }
}
