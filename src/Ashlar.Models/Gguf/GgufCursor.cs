using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Ashlar.Models.Storage;

namespace Ashlar.Models.Gguf;

/// <summary>
/// Walks the header of a mapped file. Every step is checked against the file's end, and every failure says in which
/// section, at which name and at which byte.
/// </summary>
internal unsafe ref struct GgufCursor
{
    public const string Mend = "the file is damaged or incomplete; download or convert it again";

    private readonly byte* _start;
    private readonly long _length;
    private readonly string _path;
    private long _end;
    private int _nameBytes;

    public GgufCursor(MappedFile file)
    {
        _start = file.Start;
        _length = _end = file.Length;
        _path = file.Path;
    }

    /// <summary>Whether the file's byte order is the other one than this machine's.</summary>
    public bool IsForeign { get; set; }

    public long Position { get; private set; }

    /// <summary>The part of the file that is being read, as an error shall call it.</summary>
    public string Section { get; set; } = "header";

    /// <summary>The key or tensor that is being read, once its name is known.</summary>
    public string? Name { get; set; }

    public readonly long Remaining => _end - Position;

    // What Remaining counts, as an error shall say it.
    private readonly string Rest =>
        _end == _length ? $"the file ends after {Remaining}" : $"only {Remaining} more are read as metadata";

    /// <summary>Reads no further than that many bytes from here.</summary>
    public void Limit(long bytes) => _end = Math.Min(_length, Position + bytes);

    /// <summary>Reads on to the end of the file.</summary>
    public void Unlimit() => _end = _length;

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

    /// <summary>
    /// A count of things of which each takes at least <paramref name="leastBytes"/> of what is left of the file.
    /// </summary>
    public long Count(string what, int leastBytes)
    {
        var at = Position;
        var count = UInt64();
        if (count > (ulong)(Remaining / leastBytes)) Fail(at, $"promises {count} {what}, but {Rest}");
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

    /// <summary>
    /// Passes over strings. A vocabulary's half a million make up nearly all of a file's metadata, and are walked once, soon
    /// after the program's start: the loop is compiled at full strength before its first run.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PassStrings(long count)
    {
        var position = Position;
        for (; count > 0 && _end - position >= 8; count--)
        {
            var bytes = Unsafe.ReadUnaligned<ulong>(_start + position);
            if (IsForeign) bytes = BinaryPrimitives.ReverseEndianness(bytes);
            if (bytes > (ulong)(_end - position - 8)) break;
            position += 8 + (long)bytes;
        }

        Position = position;
        if (count > 0) Take(Count("bytes of text", 1)); // at a string that does not fit, which this says
    }

    /// <summary>The address of the next bytes, which are then passed.</summary>
    public byte* Take(long bytes)
    {
        if (bytes > Remaining) Fail(Position, $"needs {bytes} bytes more, but {Rest}");

        var taken = _start + Position;
        Position += bytes;
        return taken;
    }

    [DoesNotReturn]
    public readonly void Fail(long at, string problem, string mend = Mend) => throw Error(at, problem, mend);

    public readonly InvalidDataException Error(long at, string problem, string mend = Mend)
    {
        var place = Name is null ? Section : $"{Section} '{Printable.Name(Name)}'";
        return new InvalidDataException($"'{_path}': {place} (byte {at}): {problem}; {mend}");
    }
}
