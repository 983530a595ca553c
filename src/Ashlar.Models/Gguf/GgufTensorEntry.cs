using Ashlar.Tensors;

namespace Ashlar.Models.Gguf;

/// <summary>
/// What the file says of one tensor, checked: the shape outermost first, the offset counted from the file's first byte.
/// </summary>
internal sealed record GgufTensorEntry(string Name, DType Type, long[] Shape, long Offset, long ByteLength)
{
    /// <summary>
    /// Reads the entries of all tensors and checks that each lies in the file, aligned, and apart from every other.
    /// </summary>
    public static GgufTensorEntry[] ReadAll(ref GgufCursor cursor, int count, long alignment)
    {
        cursor.Section = "tensor";
        var names = new HashSet<string>(Math.Min(count, 4096), StringComparer.Ordinal);
        var entries = new GgufTensorEntry[count];
        for (var i = 0; i < count; i++)
        {
            cursor.Name = null;
            var at = cursor.Position;
            entries[i] = Read(ref cursor, alignment);
            if (!names.Add(entries[i].Name)) cursor.Fail(at, "stands in the file twice");
        }

        if (count > 0) Place(ref cursor, entries, alignment);
        return entries;
    }

    private static GgufTensorEntry Read(ref GgufCursor cursor, long alignment)
    {
        var name = cursor.Utf8("tensor name", GgufLimits.TensorNameBytes);
        cursor.Name = name;
        var shapeAt = cursor.Position;
        var shape = ReadShape(ref cursor);

        var at = cursor.Position;
        var id = cursor.UInt32();
        if (!GgmlTypes.TryGetType(id, out var type))
        {
            cursor.Fail(at, $"has type {id}, which this version does not read", "re-quantize it or update");
        }

        var row = shape.Length == 0 ? 1 : shape[^1];
        if (row % type.BlockElements != 0)
        {
            cursor.Fail(shapeAt, $"has rows of {row} elements, which do not fill blocks of {type.BlockElements} ({type})");
        }

        var byteLength = ByteLengthOf(type, shape);
        if (byteLength < 0) cursor.Fail(shapeAt, $"has the shape ({string.Join(", ", shape)}), whose size in bytes passes 2^63");

        at = cursor.Position;
        var offset = cursor.UInt64();
        if (offset % (ulong)alignment != 0)
        {
            cursor.Fail(at, $"begins at offset {offset}, which is no multiple of the alignment {alignment}");
        }

        if (offset > long.MaxValue) cursor.Fail(at, $"begins at offset {offset}, past the end of any file");

        return new GgufTensorEntry(name, type, shape, (long)offset, byteLength);
    }

    // The file has the innermost dimension first.
    private static long[] ReadShape(ref GgufCursor cursor)
    {
        var at = cursor.Position;
        var rank = cursor.UInt32();
        if (rank > GgufLimits.Dimensions)
        {
            cursor.Fail(at, $"has {rank} dimensions, where at most {GgufLimits.Dimensions} are read");
        }

        var shape = new long[rank];
        for (var i = (int)rank - 1; i >= 0; i--)
        {
            at = cursor.Position;
            var size = cursor.UInt64();
            if (size is 0 or > long.MaxValue) cursor.Fail(at, $"has a dimension of {size} elements");
            shape[i] = (long)size;
        }

        return shape;
    }

    // Negative where the size does not fit 63 bits.
    private static long ByteLengthOf(DType type, long[] shape)
    {
        var elements = UInt128.One;
        foreach (var size in shape)
        {
            elements *= (ulong)size; // both factors are below 2^63
            if (elements > long.MaxValue) return -1;
        }

        var bytes = elements / (uint)type.BlockElements * (uint)type.BlockBytes;
        return bytes > long.MaxValue ? -1 : (long)bytes;
    }

    // Turns offsets from the start of the data into offsets from the start of the file, once they are known to fit.
    private static void Place(ref GgufCursor cursor, GgufTensorEntry[] entries, long alignment)
    {
        var end = cursor.Position;
        var dataStart = (end + alignment - 1) / alignment * alignment;
        var dataBytes = cursor.Position + cursor.Remaining - dataStart;

        for (var i = 0; i < entries.Length; i++)
        {
            var entry = entries[i];
            cursor.Name = entry.Name;
            if (entry.ByteLength > dataBytes || entry.Offset > dataBytes - entry.ByteLength)
            {
                cursor.Fail(
                    end,
                    $"takes {entry.ByteLength} bytes from offset {entry.Offset} of the data, "
                    + $"but the file holds {Math.Max(dataBytes, 0)} bytes of data");
            }

            entries[i] = entry with { Offset = dataStart + entry.Offset };
        }

        var byOffset = (GgufTensorEntry[])entries.Clone();
        Array.Sort(byOffset, (a, b) => a.Offset.CompareTo(b.Offset));
        for (var i = 1; i < byOffset.Length; i++)
        {
            var (before, entry) = (byOffset[i - 1], byOffset[i]);
            if (before.Offset + before.ByteLength > entry.Offset)
            {
                cursor.Name = entry.Name;
                cursor.Fail(
                    entry.Offset,
                    $"overlaps tensor '{Printable.Name(before.Name)}', which ends at byte {before.Offset + before.ByteLength}");
            }
        }
    }
}
