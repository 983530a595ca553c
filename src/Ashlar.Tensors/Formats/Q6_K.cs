using System.Runtime.InteropServices;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>
/// 256 elements in 16 groups: the lower four bits of the codes (128 bytes); their upper two (64 bytes); signed 8-bit
/// scales (16 bytes); f16 factor of the scales. Codes less 32.
/// </summary>
internal readonly struct Q6_K : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(-32, 31);

    public static DType Type => DType.Q6_K;

    public static int GroupElements => 16;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        Codes.Unpack(block[..128], run: 64, bits: 4, codes);
        Codes.UnpackHigh(block[128..192], run: 32, bits: 2, above: 4, codes);
        Codes.Add(codes, -32);
        var scale = (float)ReadHalfLittleEndian(block[208..]);
        for (var g = 0; g < 16; g++) scales[g] = scale * (sbyte)block[192 + g];
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        var steps = MemoryMarshal.Cast<byte, sbyte>(block[192..208]);
        SteppedScales.Fit(values, unit, Levels, lowest: -128, block[208..], steps, codes);
        Codes.Add(codes, 32);
        Codes.Pack(codes, run: 64, bits: 4, above: 0, block[..128]);
        Codes.Pack(codes, run: 32, bits: 2, above: 4, block[128..192]);
    }
}
