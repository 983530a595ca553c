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
}
