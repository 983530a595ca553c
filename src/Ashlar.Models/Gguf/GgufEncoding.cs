using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Ashlar.Models.Gguf;

/// <summary>Makes the bytes of metadata values, as in a little-endian file.</summary>
internal static class GgufEncoding
{
    /// <summary>Refuses what is not valid, both ways, instead of mending it.</summary>
    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="NotSupportedException">GGUF has no such type.</exception>
    public static GgufValueType TypeOf<T>() => default(T) switch
    {
        byte => GgufValueType.UInt8,
        sbyte => GgufValueType.Int8,
        ushort => GgufValueType.UInt16,
        short => GgufValueType.Int16,
        uint => GgufValueType.UInt32,
        int => GgufValueType.Int32,
        ulong => GgufValueType.UInt64,
        long => GgufValueType.Int64,
        float => GgufValueType.Float32,
        double => GgufValueType.Float64,
        bool => GgufValueType.Bool,
        _ => throw new NotSupportedException(
            $"GGUF metadata has no type for {typeof(T).Name}; use an integer of 8 to 64 bits, float, double, bool or string"),
    };

    public static byte[] Numbers<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            var width = TypeOf<T>().Width;
            for (var at = 0; at < bytes.Length; at += width) bytes.AsSpan(at, width).Reverse();
        }

        return bytes;
    }

    public static byte[] String(ReadOnlySpan<byte> utf8)
    {
        var bytes = new byte[8 + utf8.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, utf8.Length);
        utf8.CopyTo(bytes.AsSpan(8));
        return bytes;
    }

    /// <summary>An array from its encoded elements.</summary>
    public static byte[] Array(GgufValueType element, int count, ReadOnlySpan<byte> elements)
    {
        var bytes = new byte[12 + elements.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)element);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), count);
        elements.CopyTo(bytes.AsSpan(12));
        return bytes;
    }

    /// <summary>An array from elements that are encoded one by one.</summary>
    public static byte[] Array(GgufValueType element, IEnumerable<byte[]> elements)
    {
        using var all = new MemoryStream();
        var count = 0;
        foreach (var bytes in elements)
        {
            all.Write(bytes);
            count++;
        }

        return Array(element, count, all.GetBuffer().AsSpan(0, (int)all.Length));
    }
}
