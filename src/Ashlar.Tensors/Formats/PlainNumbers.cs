using System.Runtime.InteropServices;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Ashlar.Tensors.Formats;

/// <summary>Plain numbers, little-endian, to and from float32.</summary>
internal static class PlainNumbers
{
    public static void DecodeF32(ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (BitConverter.IsLittleEndian) source.CopyTo(MemoryMarshal.AsBytes(destination));
        else for (var i = 0; i < destination.Length; i++) destination[i] = ReadSingleLittleEndian(source[(4 * i)..]);
    }

    public static void DecodeF64(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = (float)ReadDoubleLittleEndian(source[(8 * i)..]);
    }

    public static void DecodeF16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = (float)ReadHalfLittleEndian(source[(2 * i)..]);
    }

    public static void DecodeBF16(ReadOnlySpan<byte> source, Span<float> destination)
    {
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
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(source).CopyTo(destination);
        else for (var i = 0; i < source.Length; i++) WriteSingleLittleEndian(destination[(4 * i)..], source[i]);
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
}
