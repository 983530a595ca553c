using System.Buffers.Binary;
using System.Collections;
using System.Text;

namespace Ashlar.Models.Gguf;

/// <summary>
/// An array of strings, such as a vocabulary, kept as the bytes of the file: a string is made when it is asked for.
/// Valid after the file is disposed.
/// </summary>
public sealed class GgufStrings : IReadOnlyList<string>
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly int[] _starts; // one more than there are strings; each string is preceded by its 8-byte length

    /// <param name="encoded">The elements as in a little-endian file, checked: each a 64-bit length and its bytes.</param>
    /// <param name="count">How many there are.</param>
    internal GgufStrings(ReadOnlyMemory<byte> encoded, int count)
    {
        _bytes = encoded;
        _starts = new int[count + 1];
        var span = encoded.Span;
        var position = 0;
        for (var i = 0; i < count; i++)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(span[position..]);
            _starts[i] = position += 8;
            position += length;
        }

        _starts[count] = position + 8;
    }

    /// <summary>How many strings there are.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>String <paramref name="index"/>; bytes that are not UTF-8 become U+FFFD (see <see cref="Utf8"/>).</summary>
    public string this[int index] => Encoding.UTF8.GetString(Utf8(index).Span);

    /// <summary>The bytes of string <paramref name="index"/>, which need not be valid UTF-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such string.</exception>
    public ReadOnlyMemory<byte> Utf8(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return _bytes[_starts[index]..(_starts[index + 1] - 8)];
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
