using System.Buffers.Binary;
using Ashlar.Models.Storage;

namespace Ashlar.Models.Gguf;

/// <summary>
/// All of a file but the tensors' elements, read and checked: magic, version, metadata, and where each tensor lies.
/// </summary>
internal sealed unsafe record GgufHeader(
    int Version, bool IsBigEndian, long Alignment, GgufMetadata Metadata, IReadOnlyList<GgufTensorEntry> Tensors)
{
    public const string AlignmentKey = "general.alignment";
    public const int DefaultAlignment = 32;

    /// <summary>Whether tensors may begin at multiples of that.</summary>
    public static bool IsAlignment(long bytes) => bytes is >= 8 and <= 1 << 30 && long.IsPow2(bytes);

    /// <exception cref="InvalidDataException">The file breaks a rule; the message names the place and the mend.</exception>
    public static GgufHeader Read(MappedFile file)
    {
        var cursor = new GgufCursor(file);
        if (!new ReadOnlySpan<byte>(cursor.Take(4), 4).SequenceEqual("GGUF"u8))
        {
            cursor.Fail(0, "does not begin with 'GGUF'", "give a GGUF file, or convert this one");
        }

        var (version, isBigEndian) = ReadVersion(ref cursor);

        // A metadata entry takes at least 13 bytes, a tensor's at least 24.
        var tensorCount = cursor.Count("tensors", 24, GgufLimits.Tensors);
        var keyCount = cursor.Count("metadata keys", 13, GgufLimits.Keys);

        var values = ReadMetadata(ref cursor, file, keyCount, isBigEndian);
        var metadata = new GgufMetadata(file.Path, values);
        var alignment = ReadAlignment(ref cursor, metadata);
        var tensors = GgufTensorEntry.ReadAll(ref cursor, tensorCount, alignment);
        return new GgufHeader(version, isBigEndian, alignment, metadata, tensors);
    }

    // The magic is bytes, but the version is a number: a small one read in the wrong order is huge, and tells the order.
    private static (int Version, bool IsBigEndian) ReadVersion(ref GgufCursor cursor)
    {
        var bytes = new ReadOnlySpan<byte>(cursor.Take(4), 4);
        var little = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var big = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var isBigEndian = (ushort)little == 0 && (ushort)big != 0;
        var version = isBigEndian ? big : little;
        if (version is not (2 or 3))
        {
            cursor.Fail(
                4, $"has version {version}, where 2 and 3 are read", "convert it again with a current converter, or update");
        }

        cursor.IsForeign = isBigEndian == BitConverter.IsLittleEndian;
        return ((int)version, isBigEndian);
    }

    private static OrderedDictionary<string, GgufValue> ReadMetadata(
        ref GgufCursor cursor, MappedFile file, int count, bool isBigEndian)
    {
        // First pass: find and check every value where it lies, before memory is taken for any.
        cursor.Section = "metadata key";
        cursor.Limit(GgufLimits.MetadataBytes);
        var begin = cursor.Position;
        var places = new List<(string Key, GgufValueType Type, long Start, long End)>(Math.Min(count, 256));
        for (var i = 0; i < count; i++)
        {
            cursor.Name = null;
            var key = cursor.Utf8("key", GgufLimits.KeyBytes);
            cursor.Name = key;
            var type = GgufValueLayout.ReadType(ref cursor);
            var start = cursor.Position;
            GgufValueLayout.Check(ref cursor, type);
            places.Add((key, type, start, cursor.Position));
        }

        cursor.Unlimit();

        // Second pass: one copy in managed memory, so that vocabularies may outlive the mapping; values are slices of it.
        cursor.Name = null;
        var bytes = new ReadOnlySpan<byte>(file.Start + begin, (int)(cursor.Position - begin)).ToArray();
        var values = new OrderedDictionary<string, GgufValue>(count, StringComparer.Ordinal);
        foreach (var (key, type, start, end) in places)
        {
            var encoded = bytes.AsMemory((int)(start - begin), (int)(end - start));
            if (isBigEndian) GgufValueLayout.Reverse(type, encoded.Span, fromBig: true);
            if (!values.TryAdd(key, new GgufValue(type, encoded)))
            {
                cursor.Name = key;
                cursor.Fail(start, "stands in the file twice");
            }
        }

        return values;
    }

    private static long ReadAlignment(ref GgufCursor cursor, GgufMetadata metadata)
    {
        var alignment = metadata.GetInteger<long>(AlignmentKey, DefaultAlignment);
        if (!IsAlignment(alignment))
        {
            cursor.Name = AlignmentKey;
            cursor.Fail(cursor.Position, $"is {alignment}, which is no power of two from 8 to 2^30");
        }

        return alignment;
    }
}
