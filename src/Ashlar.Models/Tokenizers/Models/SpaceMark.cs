namespace Ashlar.Models.Tokenizers;

/// <summary>U+2581 (▁), with which SentencePiece writes a space.</summary>
internal static class SpaceMark
{
    /// <summary>The mark in UTF-8.</summary>
    public static ReadOnlySpan<byte> Utf8 => [0xE2, 0x96, 0x81];

    /// <summary>Whether a mark stands behind something else than marks.</summary>
    public static bool IsInside(ReadOnlySpan<byte> token)
    {
        while (token.StartsWith(Utf8)) token = token[Utf8.Length..];
        return token.IndexOf(Utf8) >= 0;
    }

    /// <summary>Copies text with each space written as a mark.</summary>
    public static void Escape(ReadOnlySpan<byte> text, TextBuffer output) => Replace(text, " "u8, Utf8, output);

    /// <summary>Copies text with each mark written as a space.</summary>
    public static void Unescape(ReadOnlySpan<byte> text, TextBuffer output) => Replace(text, Utf8, " "u8, output);

    /// <summary>Copies text, each <paramref name="old"/> (not empty) replaced.</summary>
    public static void Replace(ReadOnlySpan<byte> text, ReadOnlySpan<byte> old, ReadOnlySpan<byte> replacement, TextBuffer output)
    {
        for (int at; (at = text.IndexOf(old)) >= 0; text = text[(at + old.Length)..])
        {
            output.Write(text[..at]);
            output.Write(replacement);
        }

        output.Write(text);
    }
}
