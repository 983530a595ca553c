using System.Buffers.Binary;

namespace Ashlar.Models.Gguf;

/// <summary>How a metadata value lies in the file: how far it reaches, and where its numbers are.</summary>
internal static unsafe class GgufValueLayout
{
    /// <summary>Reads a type number.</summary>
    public static GgufValueType ReadType(ref GgufCursor cursor)
    {
        var at = cursor.Position;
        var type = cursor.UInt32();
        if (type > (uint)GgufValueType.Float64) cursor.Fail(at, $"has value type {type}, which no version of GGUF knows");
        return (GgufValueType)type;
    }

    /// <summary>Passes over a value and checks all of it, so that whoever reads it later need not.</summary>
    public static void Check(ref GgufCursor cursor, GgufValueType type, int depth = 0)
    {
        switch (type)
        {
            case GgufValueType.Bool:
                CheckBools(ref cursor, 1);
                break;
            case GgufValueType.String:
                cursor.PassStrings(1);
                break;
            case GgufValueType.Array:
                CheckArray(ref cursor, depth + 1);
                break;
            default:
                cursor.Take(type.Width);
                break;
        }
    }

    private static void CheckArray(ref GgufCursor cursor, int depth)
    {
        if (depth > GgufLimits.ArrayDepth)
        {
            cursor.Fail(cursor.Position, $"nests arrays deeper than {GgufLimits.ArrayDepth}");
        }

        var element = ReadType(ref cursor);
        var count = cursor.Count("elements", element.LeastBytes);
        switch (element)
        {
            case GgufValueType.Bool:
                CheckBools(ref cursor, count);
                break;
            case GgufValueType.String:
                cursor.PassStrings(count);
                break;
            case GgufValueType.Array:
                for (var i = 0L; i < count; i++) Check(ref cursor, element, depth);
                break;
            default:
                cursor.Take(count * element.Width);
                break;
        }
    }

    private static void CheckBools(ref GgufCursor cursor, long count)
    {
        var at = cursor.Position;
        var values = new ReadOnlySpan<byte>(cursor.Take(count), (int)count); // metadata are bounded below 2^31 bytes
        var bad = values.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (bad >= 0) cursor.Fail(at + bad, $"holds the truth value {values[bad]}, which is neither 0 nor 1");
    }

    /// <summary>Bytes of a checked value in little endian.</summary>
    public static int Length(GgufValueType type, ReadOnlySpan<byte> value)
    {
        switch (type)
        {
            case GgufValueType.String:
                return 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(value);
            case GgufValueType.Array:
                var element = (GgufValueType)BinaryPrimitives.ReadInt32LittleEndian(value);
                var count = (int)BinaryPrimitives.ReadInt64LittleEndian(value[4..]);
                if (element.Width > 0) return 12 + count * element.Width;

                var length = 12;
                for (var i = 0; i < count; i++) length += Length(element, value[length..]);
                return length;
            default:
                return type.Width;
        }
    }

    /// <summary>
    /// Turns a checked value's bytes from big endian to little endian in place, or the other way round.
    /// Returns how many bytes the value took.
    /// </summary>
    public static int Reverse(GgufValueType type, Span<byte> value, bool fromBig)
    {
        switch (type)
        {
            case GgufValueType.String:
                return 8 + (int)ReverseCount(value, fromBig);
            case GgufValueType.Array:
                var kind = fromBig ? BinaryPrimitives.ReadUInt32BigEndian(value) : BinaryPrimitives.ReadUInt32LittleEndian(value);
                value[..4].Reverse();
                var count = ReverseCount(value[4..], fromBig);
                var taken = 12;
                for (var i = 0L; i < count; i++) taken += Reverse((GgufValueType)kind, value[taken..], fromBig);
                return taken;
            default:
                value[..type.Width].Reverse();
                return type.Width;
        }
    }

    private static long ReverseCount(Span<byte> value, bool fromBig)
    {
        var count = fromBig ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value);
        value[..8].Reverse();
        return count;
    }
}
