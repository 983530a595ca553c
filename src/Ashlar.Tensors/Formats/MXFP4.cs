namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale E8M0 (1 byte); 4-bit floats (16 bytes). See <see cref="Float4"/>.</summary>
internal readonly struct MXFP4 : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Table(Float4.DoubledValues);

    public static DType Type => DType.MXFP4;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = Float4.HalfE8M0(block[0]);
        Codes.Unpack(block[1..], run: 16, bits: 4, codes);
        Codes.LookUp(codes, Float4.DoubledValues);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        // The power of two that brings the largest value between 4 and 8, of which 6 can be stored; or one of its neighbours.
        var guess = Math.Clamp(MathF.ILogB(unit) - 2 + 127, 1, 253);
        var leastError = float.PositiveInfinity;
        for (var bits = guess - 1; bits <= guess + 1; bits++)
        {
            var error = Levels.Error(values, Float4.HalfE8M0((byte)bits) / unit, 0);
            if (error < leastError) (block[0], leastError) = ((byte)bits, error);
        }

        Levels.Round(values, Float4.HalfE8M0(block[0]) / unit, 0, codes);
        Codes.FindIndices(codes, Float4.DoubledValues);
        Codes.Pack(codes, run: 16, bits: 4, above: 0, block[1..]);
    }
}
