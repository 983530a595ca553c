using System.Buffers.Binary;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// SentencePiece's <c>precompiled_charsmap</c>: at each place the longest prefix that the map knows is replaced. The map is the
/// length of a double-array trie (32 bits, little endian), the trie (Darts: 32 bits a unit), and the replacements, each ended by
/// 0. (Hugging Face's code replaces clusters of characters instead; the two differ where a cluster is more than one prefix.)
/// </summary>
internal sealed class PrecompiledNormalizer : Normalizer
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <param name="map">The map as the file has it.</param>
    /// <exception cref="InvalidDataException">The map is malformed.</exception>
    public PrecompiledNormalizer(ReadOnlySpan<byte> map)
    {
        var trieBytes = map.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(map) : 0;
        if (trieBytes == 0 || trieBytes % 4 != 0 || trieBytes > map.Length - 4)
        {
            throw new InvalidDataException(
                $"precompiled_charsmap of {map.Length} bytes says that its trie has {trieBytes}; get the file again");
        }

        _units = new uint[trieBytes / 4];
        for (var i = 0; i < _units.Length; i++) _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + (i * 4))..]);
        _replacements = map[(4 + (int)trieBytes)..].ToArray();
        foreach (var range in _replacements.AsSpan().Split((byte)0))
        {
            var bytes = range.End.Value - range.Start.Value;
            if (bytes > MostReplacementBytes)
            {
                throw new InvalidDataException(
                    $"precompiled_charsmap has a replacement of {bytes} bytes, where up to {MostReplacementBytes} are read; "
                    + "get the file again");
            }
        }
    }

    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        for (var at = 0; at < text.Length;)
        {
            if (TryReplace(text[at..], out var replacement, out var length))
            {
                output.Write(replacement);
            }
            else if (CodePoints.Decode(text, at, out length) == CodePoints.Replacement)
            {
                output.Write("\uFFFD"u8);
            }
            else
            {
                output.Write(text.Slice(at, length));
            }

            at += length;
        }
    }

    private bool TryReplace(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement, out int length)
    {
        replacement = [];
        length = 0;
        var node = Offset(_units[0]);
        for (var i = 0; i < text.Length && text[i] != 0; i++)
        {
            node ^= text[i];
            if (node >= _units.Length || (_units[node] & 0x8000_00FF) != text[i]) break;
            var unit = _units[node];
            node ^= Offset(unit);
            if ((unit & 0x100) == 0) continue;

            // A leaf: the unit that its offset leads to holds the place of the replacement.
            if (node >= _units.Length) break;
            var start = _units[node] & 0x7FFF_FFFF;
            if (start >= _replacements.Length) break;
            replacement = _replacements.AsSpan((int)start);
            if (replacement.IndexOf((byte)0) is >= 0 and var end) replacement = replacement[..end];
            length = i + 1;
        }

        return length > 0;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
