using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>Plain numbers, little-endian as the processors that .NET 10 runs on, to and from float32.</summary>
internal static class PlainNumbers
{
    private static readonly float TwoTo112 = MathF.ScaleB(1, 112);

    public static void DecodeF32(ReadOnlySpan<byte> source, Span<float> destination)
    {
        source.CopyTo(MemoryMarshal.AsBytes(destination));
    }

    public static void DecodeF64(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = (float)ReadDoubleLittleEndian(source[(8 * i)..]);
    }

    public static void DecodeF16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (; destination.Length >= Vector256<float>.Count; destination = destination[Vector256<float>.Count..])
        {
            // Moved up to where float32 keeps its magnitude, the exponent is 112 short, in subnormals too. Infinities and
            // NaN come out as 2^16 and more; the highest exponent makes them what they were.
            var halves = Widen(ref source);
            var magnitude = (halves & Vector256.Create(0x7FFFu)) << 13;
            var highest = Vector256.GreaterThan(magnitude, Vector256.Create(0x0F7FFFFFu)) & Vector256.Create(0x7F800000u);
            var sign = (halves & Vector256.Create(0x8000u)) << 16;
            var finite = (magnitude.AsSingle() * TwoTo112).AsUInt32();
            (finite | highest | sign).AsSingle().CopyTo(destination);
        }

        for (var i = 0; i < destination.Length; i++) destination[i] = (float)ReadHalfLittleEndian(source[(2 * i)..]);
    }

    public static void DecodeBF16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (; destination.Length >= Vector256<float>.Count; destination = destination[Vector256<float>.Count..])
        {
            (Widen(ref source) << 16).AsSingle().CopyTo(destination);
        }

        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = BitConverter.UInt32BitsToSingle((uint)ReadUInt16LittleEndian(source[(2 * i)..]) << 16);
        }
    }

    public static void DecodeI8(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = (sbyte)source[i];
    }

    public static void DecodeI16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = ReadInt16LittleEndian(source[(2 * i)..]);
    }

    public static void DecodeI32(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = ReadInt32LittleEndian(source[(4 * i)..]);
    }

    public static void DecodeI64(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = ReadInt64LittleEndian(source[(8 * i)..]);
    }

    public static void DecodeBool(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = source[i] == 0 ? 0 : 1;
    }

    public static void EncodeF32(ReadOnlySpan<float> source, Span<byte> destination)
    {
        MemoryMarshal.AsBytes(source).CopyTo(destination);
    }

    public static void EncodeF16(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (var i = 0; i < source.Length; i++) WriteHalfLittleEndian(destination[(2 * i)..], (Half)source[i]);
    }

    public static void EncodeBF16(ReadOnlySpan<float> source, Span<byte> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(source[i]);
            // Half of what is cut off, less a little where the kept part is even, carries into it: ties go to even. A NaN
            // is kept one, whatever the bits cut off.
            var rounded = float.IsNaN(source[i]) ? bits >> 16 | 0x40 : bits + 0x7FFF + (bits >> 16 & 1) >> 16;
            WriteUInt16LittleEndian(destination[(2 * i)..], (ushort)rounded);
        }
    }

    // Takes eight 16-bit numbers off the front.
    private static Vector256<uint> Widen(ref ReadOnlySpan<byte> source)
    {
        var narrow = Vector128.Create(source).AsUInt16();
        source = source[Vector128<byte>.Count..];
        return Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
    }
}
