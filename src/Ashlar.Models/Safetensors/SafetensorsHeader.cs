using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Ashlar.Models.Storage;

namespace Ashlar.Models.Safetensors;

/// <summary>
/// The header of a file, read and checked: eight bytes of length, then JSON that names every tensor's type, shape and
/// range. The ranges fill the rest of the file without holes or overlaps.
/// </summary>
internal sealed record SafetensorsHeader(
    IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<SafetensorsEntry> Entries, long DataStart)
{
    public const string Mend = "the file is damaged or incomplete; download or convert it again";

    /// <exception cref="InvalidDataException">The file breaks a rule; the message names the place and the mend.</exception>
    public static unsafe SafetensorsHeader Read(MappedFile file)
    {
        if (file.Length < 8) Fail(file.Path, "header length (byte 0)", $"needs 8 bytes, but the file has {file.Length}");

        var length = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(file.Start, 8));
        if (length > SafetensorsLimits.HeaderBytes)
        {
            Fail(
                file.Path,
                "header length (byte 0)",
                $"is {length}, where at most {SafetensorsLimits.HeaderBytes} bytes are read",
                "give a safetensors file, or convert this one");
        }

        if ((long)length > file.Length - 8)
        {
            Fail(file.Path, "header length (byte 0)", $"is {length}, but only {file.Length - 8} bytes follow");
        }

        var json = new SafetensorsJson(file.Path, new ReadOnlySpan<byte>(file.Start + 8, (int)length), offset: 8);
        json.ReadHeader();
        var entries = json.Entries.ToArray();
        CheckRanges(file, entries, 8 + (long)length);
        return new SafetensorsHeader(json.Metadata, entries, 8 + (long)length);
    }

    [DoesNotReturn]
    public static void Fail(string path, string place, string problem, string mend = Mend) =>
        throw new InvalidDataException($"'{path}': {place}: {problem}; {mend}");

    // Sorts the entries into the order of the file.
    private static void CheckRanges(MappedFile file, SafetensorsEntry[] entries, long dataStart)
    {
        Array.Sort(entries, (a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        var data = file.Length - dataStart;
        var position = 0L;
        foreach (var entry in entries)
        {
            if (entry.End > data) FailAt(entry, $"ends at {entry.End}, but the file holds {data} bytes of data");
            if (entry.Begin < position)
            {
                FailAt(entry, $"begins at {entry.Begin} and so overlaps the tensor before it, which ends at {position}");
            }

            if (entry.Begin > position) FailAt(entry, $"begins at {entry.Begin}, which leaves a hole after {position}");
            position = entry.End;
        }

        if (position != data)
        {
            Fail(file.Path, $"data (byte {dataStart + position})", $"{data - position} bytes belong to no tensor");
        }

        void FailAt(SafetensorsEntry entry, string problem) =>
            Fail(file.Path, $"tensor '{Printable.Name(entry.Name)}' (byte {dataStart + entry.Begin})", problem);
    }
}
