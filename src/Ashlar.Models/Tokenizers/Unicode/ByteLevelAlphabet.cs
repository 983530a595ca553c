using System.Runtime.CompilerServices;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The alphabet in which byte-level vocabularies are written: each of the 256 bytes is one printable character. Printable
/// Latin-1 stands for itself; the other 68 bytes are U+0100, U+0101, ... in their order (GPT-2's <c>bytes_to_unicode</c>).
/// </summary>
internal static class ByteLevelAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly short[] Bytes = Invert(Characters);

    /// <summary>The character that stands for a byte.</summary>
    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>The byte that a code point stands for, or -1.</summary>
    public static int ByteOf(int codePoint) => codePoint < Bytes.Length ? Bytes[codePoint] : -1;

    /// <summary>Writes the bytes that UTF-8 text in the alphabet stands for; false where it holds another character.</summary>
    /// <param name="text">A token as the vocabulary spells it.</param>
    /// <param name="bytes">At least as long as <paramref name="text"/>.</param>
    /// <param name="count">The number of bytes written.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> bytes, out int count)
    {
        count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            // The alphabet has no character of more than two bytes.
            int character = text[i];
            if (character >= 0x80)
            {
                if (character is < 0xC2 or > 0xC5 || ++i == text.Length || (text[i] & 0xC0) != 0x80) return false;
                character = ((character & 0x1F) << 6) | (text[i] & 0x3F);
            }

            var value = ByteOf(character);
            if (value < 0) return false;
            bytes[count++] = (byte)value;
        }

        return true;
    }

    private static char[] Build()
    {
        var characters = new char[256];
        var next = 0x100;
        for (var i = 0; i < 256; i++)
        {
            var printable = i is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[i] = printable ? (char)i : (char)next++;
        }

        return characters;
    }

    private static short[] Invert(char[] characters)
    {
        var bytes = new short[0x144];
        Array.Fill(bytes, (short)-1);
        for (var i = 0; i < 256; i++) bytes[characters[i]] = (short)i;
        return bytes;
    }
}
