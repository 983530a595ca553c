namespace Ashlar.Models.Tokenizers;

/// <summary>
/// What BERT does to text before WordPiece: clean it, set ideographs apart, take accents off, make it lower case.
/// </summary>
/// <param name="cleanText">Drop controls, and make every white space a space.</param>
/// <param name="separateIdeographs">Put spaces round each Chinese character.</param>
/// <param name="stripAccents">Decompose, and drop nonspacing marks.</param>
/// <param name="lowercase">Make it lower case.</param>
internal sealed class BertNormalizer(
    bool cleanText, bool separateIdeographs, bool stripAccents, bool lowercase) : Normalizer
{
    private static readonly UnicodeFormNormalizer Decomposition = new(compose: false, compatibility: false);

    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        var cleaned = new TextBuffer();
        for (var at = 0; at < text.Length;)
        {
            var codePoint = CodePoints.Decode(text, at, out var length);
            at += length;
            if (cleanText)
            {
                var type = CodePoints.ClassOf(codePoint);
                if ((type & CodePoints.White) != 0) codePoint = ' ';
                else if (codePoint is 0 or CodePoints.Replacement || (type & CodePoints.Other) != 0) continue;
            }

            var apart = separateIdeographs && IsIdeograph(codePoint);
            if (apart) cleaned.Write((byte)' ');
            cleaned.WriteCodePoint(codePoint);
            if (apart) cleaned.Write((byte)' ');
        }

        if (stripAccents)
        {
            var decomposed = new TextBuffer();
            Decomposition.Apply(cleaned.Written, decomposed);
            cleaned = decomposed;
        }

        WriteLetters(cleaned.Written, output);
    }

    private void WriteLetters(ReadOnlySpan<byte> text, TextBuffer output)
    {
        for (var at = 0; at < text.Length;)
        {
            var codePoint = CodePoints.Decode(text, at, out var length);
            at += length;
            if (stripAccents && codePoint >= 0x300 && (CodePoints.ClassOf(codePoint) & CodePoints.NonspacingMark) != 0) continue;
            if (lowercase) LowercaseNormalizer.Write(codePoint, output);
            else output.WriteCodePoint(codePoint);
        }
    }

    // The blocks that BERT calls Chinese characters; the sixth begins where its published code begins it.
    private static bool IsIdeograph(int codePoint) => codePoint is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
