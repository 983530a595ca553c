namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 8 groups: scales and minimums (<see cref="SixBitScales"/>, 16 bytes); 4-bit codes (128 bytes).
/// </summary>
internal readonly struct Q4_K : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(0, 15);

    public static DType Type => DType.Q4_K;

    public static int GroupElements => 32;

    public static bool HasOffsets => true;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        SixBitScales.Unpack(block[..16], scales, offsets);
        Codes.Unpack(block[16..], run: 32, bits: 4, codes);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        SixBitScales.Fit(values, unit, Levels, block[..16], codes);
        Codes.Pack(codes, run: 32, bits: 4, above: 0, block[16..]);
    }
}
