using System.Runtime.InteropServices;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale f16; signed 8-bit codes (32 bytes).</summary>
internal readonly struct Q8_0 : IBlockQuantizer
{
    private static readonly Levels Levels = Levels.Range(-127, 127);

    public static DType Type => DType.Q8_0;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        MemoryMarshal.Cast<byte, sbyte>(block[2..]).CopyTo(codes);
    }

    public static void Pack(ReadOnlySpan<float> values, float unit, Span<byte> block)
    {
        Span<sbyte> codes = stackalloc sbyte[values.Length];
        var scale = HalfScale.Write(LevelFit.Scale(values, Levels), unit, block);
        Levels.Round(values, scale, 0, codes);
        MemoryMarshal.AsBytes(codes).CopyTo(block[2..]);
    }
}
