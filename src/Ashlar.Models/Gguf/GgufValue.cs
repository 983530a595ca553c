using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Ashlar.Models.Gguf;

/// <summary>
/// A metadata value, kept as the bytes of a little-endian file and checked when it was read. Valid after the file is
/// disposed. <see cref="GgufMetadata"/> reads values by key with errors that name it; here a wrong type is <c>false</c>.
/// </summary>
public sealed class GgufValue
{
    private readonly ReadOnlyMemory<byte> _encoded;

    /// <param name="type">The type, which the bytes do not repeat.</param>
    /// <param name="encoded">The value as in a little-endian file, checked.</param>
    internal GgufValue(GgufValueType type, ReadOnlyMemory<byte> encoded) => (Type, _encoded) = (type, encoded);

    /// <summary>The type of the value.</summary>
    public GgufValueType Type { get; }

    /// <summary>The type of an array's elements; of any other value, its own.</summary>
    public GgufValueType ElementType =>
        Type == GgufValueType.Array ? (GgufValueType)BinaryPrimitives.ReadInt32LittleEndian(_encoded.Span) : Type;

    /// <summary>The number of an array's elements; of any other value, 1.</summary>
    public int Count => Type == GgufValueType.Array ? (int)BinaryPrimitives.ReadInt64LittleEndian(_encoded.Span[4..]) : 1;

    /// <summary>The value as it stands in a little-endian file.</summary>
    internal ReadOnlyMemory<byte> Encoded => _encoded;

    // How many arrays lie in one another, this one included.
    private int Depth =>
        TryGetArrays(out var inner) ? 1 + inner.Select(array => array.Depth).DefaultIfEmpty(0).Max()
        : Type == GgufValueType.Array ? 1 : 0;

    // The elements of an array, or the value itself.
    private ReadOnlyMemory<byte> Elements => Type == GgufValueType.Array ? _encoded[12..] : _encoded;

    /// <summary>A value of an integer of 8 to 64 bits, a float, a double or a truth value, stored as that type.</summary>
    /// <exception cref="NotSupportedException">GGUF has no such type.</exception>
    public static GgufValue From<T>(T value)
        where T : unmanaged => new(GgufEncoding.TypeOf<T>(), GgufEncoding.Numbers(new ReadOnlySpan<T>(ref value)));

    /// <summary>A string.</summary>
    /// <exception cref="ArgumentException">It is not valid Unicode (half a surrogate pair).</exception>
    public static GgufValue From(string text) => FromUtf8(GgufEncoding.StrictUtf8.GetBytes(text));

    /// <summary>A string given as bytes, which need not be valid UTF-8.</summary>
    public static GgufValue FromUtf8(ReadOnlySpan<byte> utf8) => new(GgufValueType.String, GgufEncoding.String(utf8));

    /// <summary>An array of numbers or truth values, stored as their type.</summary>
    /// <exception cref="NotSupportedException">GGUF has no such type.</exception>
    public static GgufValue FromArray<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var type = GgufEncoding.TypeOf<T>();
        return new(GgufValueType.Array, GgufEncoding.Array(type, values.Length, GgufEncoding.Numbers(values)));
    }

    /// <summary>An array of strings given as bytes, which need not be valid UTF-8.</summary>
    public static GgufValue FromUtf8Strings(IEnumerable<ReadOnlyMemory<byte>> utf8) =>
        new(GgufValueType.Array, GgufEncoding.Array(GgufValueType.String, utf8.Select(text => GgufEncoding.String(text.Span))));

    /// <summary>An array of strings.</summary>
    public static GgufValue FromStrings(IEnumerable<string> texts) =>
        FromUtf8Strings(texts.Select(text => (ReadOnlyMemory<byte>)GgufEncoding.StrictUtf8.GetBytes(text)));

    /// <summary>An array of arrays, nested at most four deep.</summary>
    /// <exception cref="ArgumentException">An element is no array, or nests too deep.</exception>
    public static GgufValue FromArrays(IReadOnlyList<GgufValue> arrays)
    {
        if (arrays.Any(array => array.Type != GgufValueType.Array || array.Depth >= GgufLimits.ArrayDepth))
        {
            throw new ArgumentException(
                $"elements must be arrays, nested at most {GgufLimits.ArrayDepth} deep in all", nameof(arrays));
        }

        return new(
            GgufValueType.Array, GgufEncoding.Array(GgufValueType.Array, arrays.Select(array => array._encoded.ToArray())));
    }

    /// <summary>An integer of any stored width, if it fits <typeparamref name="T"/>.</summary>
    public bool TryGetInteger<T>(out T value)
        where T : struct, IBinaryInteger<T> => GgufNumbers.TryInteger(Type, _encoded.Span, out value);

    /// <summary>A floating-point number, or an integer within 2^53.</summary>
    public bool TryGetFloat(out double value) => GgufNumbers.TryFloat(Type, _encoded.Span, out value);

    /// <summary>A truth value.</summary>
    public bool TryGetBool(out bool value)
    {
        value = Type == GgufValueType.Bool && _encoded.Span[0] == 1;
        return Type == GgufValueType.Bool;
    }

    /// <summary>The bytes of a string, which need not be valid UTF-8.</summary>
    public bool TryGetUtf8(out ReadOnlyMemory<byte> value)
    {
        value = Type == GgufValueType.String ? _encoded[8..] : default;
        return Type == GgufValueType.String;
    }

    /// <summary>
    /// An array of integers of any stored width (or one integer, as an array of one), if all fit <typeparamref name="T"/>.
    /// </summary>
    public bool TryGetIntegers<T>([NotNullWhen(true)] out T[]? values)
        where T : struct, IBinaryInteger<T>
    {
        values = ElementType is GgufValueType.String or GgufValueType.Array ? null : new T[Count];
        if (values is not null && GgufNumbers.TryIntegers(ElementType, Elements.Span, values)) return true;

        values = null;
        return false;
    }

    /// <summary>An array of numbers (or one number, as an array of one), as binary32.</summary>
    public bool TryGetFloats([NotNullWhen(true)] out float[]? values)
    {
        values = ElementType is GgufValueType.String or GgufValueType.Array ? null : new float[Count];
        if (values is not null && GgufNumbers.TryFloats(ElementType, Elements.Span, values)) return true;

        values = null;
        return false;
    }

    /// <summary>An array of truth values (or one, as an array of one).</summary>
    public bool TryGetBools([NotNullWhen(true)] out bool[]? values)
    {
        values = null;
        if (ElementType != GgufValueType.Bool) return false;

        values = new bool[Count];
        var bytes = Elements.Span;
        for (var i = 0; i < values.Length; i++) values[i] = bytes[i] == 1;
        return true;
    }

    /// <summary>An array of strings.</summary>
    public bool TryGetStrings([NotNullWhen(true)] out GgufStrings? values)
    {
        values = Type == GgufValueType.Array && ElementType == GgufValueType.String ? new GgufStrings(Elements, Count) : null;
        return values is not null;
    }

    /// <summary>An array of arrays, one after another.</summary>
    public bool TryGetArrays([NotNullWhen(true)] out IEnumerable<GgufValue>? values)
    {
        values = Type == GgufValueType.Array && ElementType == GgufValueType.Array ? Split(Elements, Count) : null;
        return values is not null;
    }

    /// <summary>The value on one line for a person: a string's beginning, an array's type, length and beginning.</summary>
    public override string ToString()
    {
        const int shown = 6;
        if (TryGetUtf8(out var utf8))
        {
            return $"\"{Printable.Name(Encoding.UTF8.GetString(utf8.Span[..Math.Min(utf8.Length, 4 * 80)]))}\"";
        }

        if (Type != GgufValueType.Array) return Number(Type, _encoded.Span);

        var beginning = TryGetStrings(out var strings) ? strings.Take(shown).Select(text => $"\"{Printable.Name(text)}\"")
            : TryGetArrays(out var arrays) ? arrays.Take(shown).Select(array => $"{array.ElementType}[{array.Count}]")
            : Enumerable.Range(0, Math.Min(Count, shown))
                .Select(i => Number(ElementType, Elements.Span[(i * ElementType.Width)..]));
        return $"{ElementType}[{Count}] {{ {string.Join(", ", beginning)}{(Count > shown ? ", …" : "")} }}";
    }

    private static string Number(GgufValueType type, ReadOnlySpan<byte> bytes) => type switch
    {
        GgufValueType.Bool => bytes[0] == 1 ? "true" : "false",
        GgufValueType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        GgufValueType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes).ToString(CultureInfo.InvariantCulture),
        _ => GgufNumbers.TryInteger<Int128>(type, bytes, out var integer) ? integer.ToString(CultureInfo.InvariantCulture) : "",
    };

    private static IEnumerable<GgufValue> Split(ReadOnlyMemory<byte> elements, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var length = GgufValueLayout.Length(GgufValueType.Array, elements.Span);
            yield return new GgufValue(GgufValueType.Array, elements[..length]);
            elements = elements[length..];
        }
    }
}
