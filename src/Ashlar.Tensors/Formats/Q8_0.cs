using System.Runtime.InteropServices;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>32 elements: scale f16; signed 8-bit codes (32 bytes).</summary>
internal readonly struct Q8_0 : IBlockFormat
{
    public static DType Type => DType.Q8_0;

    public static int GroupElements => 32;

    public static void Unpack(ReadOnlySpan<byte> block, Span<sbyte> codes, Span<float> scales, Span<float> offsets)
    {
        scales[0] = (float)ReadHalfLittleEndian(block);
        MemoryMarshal.Cast<byte, sbyte>(block[2..]).CopyTo(codes);
    }
}
