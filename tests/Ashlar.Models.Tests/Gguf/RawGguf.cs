using System.Text;
using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tests.Gguf;

/// <summary>The bytes of a file put together by hand, so that any of them can be wrong.</summary>
internal sealed class RawGguf
{
    private readonly List<byte> _bytes = [];

    public RawGguf Header(ulong tensors, ulong keys, uint version = 3)
    {
        _bytes.AddRange("GGUF"u8);
        return U32(version).U64(tensors).U64(keys);
    }

    public RawGguf U8(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public RawGguf U32(uint value)
    {
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public RawGguf U64(ulong value)
    {
        _bytes.AddRange(BitConverter.GetBytes(value));
        return this;
    }

    public RawGguf Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public RawGguf Text(byte[] utf8)
    {
        U64((ulong)utf8.Length);
        _bytes.AddRange(utf8);
        return this;
    }

    public RawGguf Key(string key, GgufValueType type) => Text(key).U32((uint)type);

    public RawGguf Array(GgufValueType element, ulong count) => U32((uint)element).U64(count);

    /// <summary>An entry of a tensor; the dimensions innermost first, as in the file.</summary>
    public RawGguf Tensor(string name, uint type, ulong offset, params ulong[] dimensions)
    {
        Text(name).U32((uint)dimensions.Length);
        foreach (var dimension in dimensions) U64(dimension);
        return U32(type).U64(offset);
    }

    /// <summary>Zeros up to the alignment, and as many more as the tensors are to have.</summary>
    public RawGguf Data(int bytes)
    {
        _bytes.AddRange(new byte[(-_bytes.Count & 31) + bytes]);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();
}
