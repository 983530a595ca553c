namespace Ashlar.Training.Tokenizers;

/// <summary>
/// Cuts long texts into blocks, so that threads can share them. A cut lies between an ASCII letter and a space or line feed,
/// where no pre-tokenizer keeps text together, if there is such a place; else between two characters.
/// </summary>
internal static class TextBlocks
{
    /// <summary>The most bytes of a block.</summary>
    public const int MostBytes = 1 << 20;

    /// <summary>The blocks of a text.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> text)
    {
        while (text.Length > MostBytes)
        {
            var end = LastCut(text.Span[..(MostBytes + 1)]);
            yield return text[..end];
            text = text[end..];
        }

        if (text.Length > 0) yield return text;
    }

    /// <summary>The last place, behind the first half, at which a text may be cut; it is less than the length.</summary>
    public static int LastCut(ReadOnlySpan<byte> text)
    {
        for (var at = text.Length - 1; at > text.Length / 2; at--)
        {
            if (text[at] is (byte)' ' or (byte)'\n' && char.IsAsciiLetter((char)text[at - 1])) return at;
        }

        var boundary = text.Length - 1;
        while (boundary > text.Length - 4 && (text[boundary] & 0xC0) == 0x80) boundary--;
        return boundary;
    }
}
