namespace Ashlar.Models.Tokenizers;

/// <summary>BERT's words: cut at white space, which is dropped, and each punctuation character a word of its own.</summary>
internal sealed class BertPreTokenizer : PreTokenizer
{
    public override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        var wordStart = 0;
        for (var at = 0; at < text.Length;)
        {
            var type = CodePoints.ClassAt(text, at, out var length);
            var white = (type & CodePoints.White) != 0;
            if (white || IsPunctuation(text[at], type))
            {
                if (at > wordStart) sink.Accept(text[wordStart..at], atStart && wordStart == 0);
                if (!white) sink.Accept(text.Slice(at, length), atStart && at == 0);
                wordStart = at + length;
            }

            at += length;
        }

        if (wordStart < text.Length) sink.Accept(text[wordStart..], atStart && wordStart == 0);
    }

    /// <summary>Unicode's punctuation, and every ASCII character that is neither letter, digit, space nor control.</summary>
    internal static bool IsPunctuation(byte first, uint type) =>
        (type & CodePoints.Punctuation) != 0 || (first < 0x80 && (type & CodePoints.Symbol) != 0);
}
