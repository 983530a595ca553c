namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 8 groups: scales and minimums (<see cref="SixBitScales"/>, 16 bytes); the fifth bit of the codes
/// (32 bytes); their lower four (128 bytes).
/// </summary>
internal readonly struct Q5_K : IBlockFormat
{
    public static DType Type => DType.Q5_K;

    public static int GroupElements => 32;

    public static bool HasOffsets => true;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        SixBitScales.Unpack(block[..16], scales, offsets);
        Codes.Unpack(block[48..], run: 32, bits: 4, codes);
        Codes.UnpackHigh(block[16..48], run: 32, bits: 1, above: 4, codes);
    }
}
