namespace Ashlar.Tensors.Formats;

/// <summary>64 elements in 4 groups: scales UE4M3 (4 bytes); 4-bit floats (32 bytes). See <see cref="Float4"/>.</summary>
internal readonly struct NVFP4 : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Table(Float4.DoubledValues);

    public static DType Type => DType.NVFP4;

    public static int GroupElements => 16;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        for (var g = 0; g < 4; g++) scales[g] = Float4.HalfUE4M3(block[g]);
        Codes.Unpack(block[4..], run: 8, bits: 4, codes);
        Codes.LookUp(codes, Float4.DoubledValues);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        for (var g = 0; g < 4; g++)
        {
            var group = values.Slice(g * 16, 16);
            block[g] = BestScale(group, unit);
            Levels.Round(group, Float4.HalfUE4M3(block[g]) / unit, 0, codes.Slice(g * 16, 16));
        }

        Codes.FindIndices(codes, Float4.DoubledValues);
        Codes.Pack(codes, run: 8, bits: 4, above: 0, block[4..]);
    }

    // Scales lie eight to the octave. The best one brings the largest value to 6 or to 4, or cuts it off a little.
    private static byte BestScale(ReadOnlySpan<float> group, float unit)
    {
        var largest = 0f;
        foreach (var value in group) largest = MathF.Max(largest, MathF.Abs(value));
        var guess = Float4.FloorUE4M3(largest * unit / Levels.Highest);

        var (best, leastError) = (0, float.PositiveInfinity);
        for (var bits = Math.Max(guess - 3, 0); bits <= Math.Min(guess + 6, Float4.LargestUE4M3); bits++)
        {
            var error = Levels.Error(group, Float4.HalfUE4M3((byte)bits) / unit, 0);
            if (error < leastError) (best, leastError) = (bits, error);
        }

        return (byte)best;
    }
}
