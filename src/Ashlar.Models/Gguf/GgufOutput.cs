using System.Buffers.Binary;
using Ashlar.Models.Storage;

namespace Ashlar.Models.Gguf;

/// <summary>Writes the header of a file in the byte order asked for.</summary>
internal sealed class GgufOutput(Stream file, bool isBigEndian)
{
    private static readonly byte[] Zeros = new byte[4096];

    public void Header(
        int version, OrderedDictionary<string, GgufValue> metadata, IReadOnlyCollection<TensorToWrite> tensors, long alignment)
    {
        file.Write("GGUF"u8);
        UInt32((uint)version);
        UInt64(tensors.Count);
        UInt64(metadata.Count);
        foreach (var (key, value) in metadata)
        {
            String(key);
            UInt32((uint)value.Type);
            Value(value);
        }

        var offset = 0L;
        foreach (var tensor in tensors)
        {
            String(tensor.Name);
            UInt32((uint)tensor.Shape.Length);
            for (var i = tensor.Shape.Length - 1; i >= 0; i--) UInt64(tensor.Shape[i]); // the innermost first
            GgmlTypes.TryGetId(tensor.Type, out var id);
            UInt32((uint)id);
            UInt64(offset);
            offset = checked((offset + tensor.ByteLength + alignment - 1) / alignment * alignment);
        }

        if (tensors.Count > 0) Pad(alignment);
    }

    /// <summary>Zeros up to the next multiple of the alignment.</summary>
    public void Pad(long alignment)
    {
        for (var left = -file.Position & (alignment - 1); left > 0; left -= Math.Min(left, Zeros.Length))
        {
            file.Write(Zeros, 0, (int)Math.Min(left, Zeros.Length));
        }
    }

    private void Value(GgufValue value)
    {
        if (!isBigEndian)
        {
            file.Write(value.Encoded.Span);
            return;
        }

        var bytes = value.Encoded.ToArray();
        GgufValueLayout.Reverse(value.Type, bytes, fromBig: false);
        file.Write(bytes);
    }

    private void String(string text)
    {
        var utf8 = GgufEncoding.StrictUtf8.GetBytes(text);
        UInt64(utf8.Length);
        file.Write(utf8);
    }

    private void UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        file.Write(bytes);
    }

    private void UInt64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (isBigEndian) BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        else BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        file.Write(bytes);
    }
}
