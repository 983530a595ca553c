using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Code points of UTF-8 text and their classes. A class is one bit of a mask (1 &lt;&lt; general category), so that a set such
/// as "letters and marks" is a mask and membership one AND. A byte that is not valid UTF-8 counts as one U+FFFD.
/// </summary>
internal static class CodePoints
{
    /// <summary>What stands for a byte that is not valid UTF-8.</summary>
    public const int Replacement = 0xFFFD;

    public const uint Uppercase = 1u << (int)UnicodeCategory.UppercaseLetter;
    public const uint Lowercase = 1u << (int)UnicodeCategory.LowercaseLetter;
    public const uint Titlecase = 1u << (int)UnicodeCategory.TitlecaseLetter;
    public const uint ModifierLetter = 1u << (int)UnicodeCategory.ModifierLetter;
    public const uint OtherLetter = 1u << (int)UnicodeCategory.OtherLetter;
    public const uint Letter = Uppercase | Lowercase | Titlecase | ModifierLetter | OtherLetter;
    public const uint NonspacingMark = 1u << (int)UnicodeCategory.NonSpacingMark;
    public const uint Mark = NonspacingMark
        | (1u << (int)UnicodeCategory.SpacingCombiningMark) | (1u << (int)UnicodeCategory.EnclosingMark);
    public const uint DecimalDigit = 1u << (int)UnicodeCategory.DecimalDigitNumber;
    public const uint LetterNumber = 1u << (int)UnicodeCategory.LetterNumber;
    public const uint Number = DecimalDigit | LetterNumber | (1u << (int)UnicodeCategory.OtherNumber);
    public const uint Connector = 1u << (int)UnicodeCategory.ConnectorPunctuation;
    public const uint Punctuation = Connector
        | (1u << (int)UnicodeCategory.DashPunctuation) | (1u << (int)UnicodeCategory.OpenPunctuation)
        | (1u << (int)UnicodeCategory.ClosePunctuation) | (1u << (int)UnicodeCategory.InitialQuotePunctuation)
        | (1u << (int)UnicodeCategory.FinalQuotePunctuation) | (1u << (int)UnicodeCategory.OtherPunctuation);
    public const uint Symbol = (1u << (int)UnicodeCategory.MathSymbol) | (1u << (int)UnicodeCategory.CurrencySymbol)
        | (1u << (int)UnicodeCategory.ModifierSymbol) | (1u << (int)UnicodeCategory.OtherSymbol);
    public const uint Other = (1u << (int)UnicodeCategory.Control) | (1u << (int)UnicodeCategory.Format)
        | (1u << (int)UnicodeCategory.PrivateUse) | (1u << (int)UnicodeCategory.OtherNotAssigned);

    /// <summary>
    /// Controls that are white space (tab, line feed, ... U+0085) have a bit of their own instead of that of controls.
    /// </summary>
    private const uint WhiteControl = 1u << 30;

    /// <summary>Unicode's White_Space property: every separator, and six control characters.</summary>
    public const uint White = WhiteControl | (1u << (int)UnicodeCategory.SpaceSeparator)
        | (1u << (int)UnicodeCategory.LineSeparator) | (1u << (int)UnicodeCategory.ParagraphSeparator);

    // Pages of 256 code points, filled when first met: all at once would cost each start of the program some milliseconds.
    private static readonly uint[]?[] Pages = new uint[0x1100][];
    private static readonly uint[] FirstPage = Fill(0);

    /// <summary>The class of a code point in 0..10FFFF.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ClassOf(int codePoint) => (Pages[codePoint >> 8] ?? Fill(codePoint >> 8))[codePoint & 0xFF];

    /// <summary>The class of the code point at <paramref name="at"/>, and how many bytes it takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ClassAt(ReadOnlySpan<byte> text, int at, out int length)
    {
        var first = text[at];
        if (first < 0x80)
        {
            length = 1;
            return FirstPage[first];
        }

        return ClassOf(Decode(text, at, out length));
    }

    /// <summary>
    /// The code point at <paramref name="at"/> and its length in bytes; (<see cref="Replacement"/>, 1) for an invalid byte.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> text, int at, out int length)
    {
        if (Rune.DecodeFromUtf8(text[at..], out var rune, out length) == System.Buffers.OperationStatus.Done) return rune.Value;
        length = 1;
        return Replacement;
    }

    /// <summary>The code point that ends before <paramref name="end"/> and its length in bytes.</summary>
    public static int DecodeLast(ReadOnlySpan<byte> text, int end, out int length)
    {
        if (Rune.DecodeLastFromUtf8(text[..end], out var rune, out length) == System.Buffers.OperationStatus.Done)
        {
            return rune.Value;
        }

        length = 1;
        return Replacement;
    }

    /// <summary>
    /// The end of the run of code points of the classes in <paramref name="mask"/> that begins at <paramref name="at"/>.
    /// </summary>
    public static int RunEnd(ReadOnlySpan<byte> text, int at, uint mask)
    {
        while (at < text.Length)
        {
            if ((ClassAt(text, at, out var length) & mask) == 0) break;
            at += length;
        }

        return at;
    }

    private static uint[] Fill(int page)
    {
        var classes = new uint[256];
        for (var i = 0; i < 256; i++)
        {
            var codePoint = (page << 8) | i;
            var mask = 1u << (int)CharUnicodeInfo.GetUnicodeCategory(codePoint);
            if (codePoint is (>= 0x09 and <= 0x0D) or 0x85) mask = WhiteControl;
            classes[i] = mask;
        }

        return Pages[page] = classes;
    }
}
