using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ashlar.Models.Gguf;

/// <summary>
/// Reads the numbers of metadata, little endian, as the type that the caller wants; never with a changed value.
/// </summary>
internal static class GgufNumbers
{
    /// <summary>One integer of the stored <paramref name="type"/>; false for other types and where it does not fit.</summary>
    public static bool TryInteger<T>(GgufValueType type, ReadOnlySpan<byte> bytes, out T value)
        where T : struct, IBinaryInteger<T>
    {
        if (!TryWiden(type, bytes, out var wide))
        {
            value = default;
            return false;
        }

        value = T.CreateTruncating(wide);
        return Int128.CreateSaturating(value) == wide;
    }

    /// <summary>One number of the stored <paramref name="type"/>; false for what is no number, or an integer past 2^53.</summary>
    public static bool TryFloat(GgufValueType type, ReadOnlySpan<byte> bytes, out double value)
    {
        switch (type)
        {
            case GgufValueType.Float32:
                value = BinaryPrimitives.ReadSingleLittleEndian(bytes);
                return true;
            case GgufValueType.Float64:
                value = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
                return true;
            default:
                var isInteger = TryWiden(type, bytes, out var wide);
                value = (double)wide;
                return isInteger && Int128.Abs(wide) <= 1L << 53;
        }
    }

    public static bool TryIntegers<T>(GgufValueType type, ReadOnlySpan<byte> bytes, T[] values)
        where T : struct, IBinaryInteger<T>
    {
        if (BitConverter.IsLittleEndian && ClrType(type) == typeof(T))
        {
            MemoryMarshal.Cast<byte, T>(bytes)[..values.Length].CopyTo(values);
            return true;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!TryInteger(type, bytes[(i * type.Width)..], out values[i])) return false;
        }

        return true;
    }

    public static bool TryFloats(GgufValueType type, ReadOnlySpan<byte> bytes, float[] values)
    {
        if (BitConverter.IsLittleEndian && type == GgufValueType.Float32)
        {
            MemoryMarshal.Cast<byte, float>(bytes)[..values.Length].CopyTo(values);
            return true;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!TryFloat(type, bytes[(i * type.Width)..], out var value)) return false;
            values[i] = (float)value;
        }

        return true;
    }

    private static bool TryWiden(GgufValueType type, ReadOnlySpan<byte> bytes, out Int128 value)
    {
        (var isInteger, value) = type switch
        {
            GgufValueType.UInt8 => (true, bytes[0]),
            GgufValueType.Int8 => (true, (sbyte)bytes[0]),
            GgufValueType.UInt16 => (true, BinaryPrimitives.ReadUInt16LittleEndian(bytes)),
            GgufValueType.Int16 => (true, BinaryPrimitives.ReadInt16LittleEndian(bytes)),
            GgufValueType.UInt32 => (true, BinaryPrimitives.ReadUInt32LittleEndian(bytes)),
            GgufValueType.Int32 => (true, BinaryPrimitives.ReadInt32LittleEndian(bytes)),
            GgufValueType.UInt64 => (true, BinaryPrimitives.ReadUInt64LittleEndian(bytes)),
            GgufValueType.Int64 => (true, BinaryPrimitives.ReadInt64LittleEndian(bytes)),
            _ => (false, Int128.Zero),
        };
        return isInteger;
    }

    private static Type? ClrType(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 => typeof(byte),
        GgufValueType.Int8 => typeof(sbyte),
        GgufValueType.UInt16 => typeof(ushort),
        GgufValueType.Int16 => typeof(short),
        GgufValueType.UInt32 => typeof(uint),
        GgufValueType.Int32 => typeof(int),
        GgufValueType.UInt64 => typeof(ulong),
        GgufValueType.Int64 => typeof(long),
        _ => null,
    };
}
