using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ashlar.Models.Gguf;

/// <summary>
/// Walks the header of a mapped file. Every step is checked against the file's end, and every failure says in which
/// section, at which name and at which byte.
/// </summary>
internal unsafe ref struct GgufCursor(byte* start, long length, string path)
{
    public const string Mend = "the file is damaged or incomplete; download or convert it again";

    private int _nameBytes;

    /// <summary>Whether the file's byte order is the other one than this machine's.</summary>
    public bool IsForeign { get; set; }

    public long Position { get; private set; }

    /// <summary>The part of the file that is being read, as an error shall call it.</summary>
    public string Section { get; set; } = "header";

    /// <summary>The key or tensor that is being read, once its name is known.</summary>
    public string? Name { get; set; }

    public readonly long Remaining => length - Position;

    public uint UInt32()
    {
        var value = Unsafe.ReadUnaligned<uint>(Take(4));
        return IsForeign ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    public ulong UInt64()
    {
        var value = Unsafe.ReadUnaligned<ulong>(Take(8));
        return IsForeign ? BinaryPrimitives.ReverseEndianness(value) : value;
    }

    /// <summary>A count of things of which each takes at least <paramref name="leastBytes"/> of what is left of the file.</summary>
    public long Count(string what, int leastBytes)
    {
        var at = Position;
        var count = UInt64();
        if (count > (ulong)(Remaining / leastBytes))
        {
            Fail(at, $"promises {count} {what}, but only {Remaining} bytes follow");
        }

        return (long)count;
    }

    /// <summary>A count as above that is also held to a fixed limit.</summary>
    public int Count(string what, int leastBytes, int limit)
    {
        var at = Position;
        var count = Count(what, leastBytes);
        if (count > limit) Fail(at, $"promises {count} {what}, but at most {limit} are read");
        return (int)count;
    }

    /// <summary>A length and as many bytes of UTF-8, as a string.</summary>
    public string Utf8(string what, int limit)
    {
        var at = Position;
        var bytes = Count($"bytes of {what}", 1, limit);
        _nameBytes += bytes;
        if (_nameBytes > GgufLimits.NameBytes) Fail(at, $"the names together pass {GgufLimits.NameBytes} bytes");

        try
        {
            return GgufEncoding.StrictUtf8.GetString(Take(bytes), bytes);
        }
        catch (DecoderFallbackException)
        {
            Fail(at, $"the {what} is not valid UTF-8");
            return null;
        }
    }

    /// <summary>The address of the next bytes, which are then passed.</summary>
    public byte* Take(long bytes)
    {
        if (bytes > Remaining) Fail(Position, $"needs {bytes} bytes more, but the file ends after {Remaining}");

        var taken = start + Position;
        Position += bytes;
        return taken;
    }

    [DoesNotReturn]
    public readonly void Fail(long at, string problem, string mend = Mend) => throw Error(at, problem, mend);

    public readonly InvalidDataException Error(long at, string problem, string mend = Mend)
    {
        var place = Name is null ? Section : $"{Section} '{Printable.Name(Name)}'";
        return new InvalidDataException($"'{path}': {place} (byte {at}): {problem}; {mend}");
    }
}
