namespace Ashlar.Models.Tokenizers;

/// <summary>
/// A pre-tokenizer that stands for a published regular expression, written out by hand: linear in the text, right beyond
/// the basic plane, and without a regular expression engine. What lies between two matches is a piece too.
/// </summary>
internal abstract class Scanner : PreTokenizer
{
    /// <summary>
    /// The end of the match that begins at <paramref name="start"/>, or <paramref name="start"/> where there is none.
    /// </summary>
    public abstract int Match(ReadOnlySpan<byte> text, int start);

    /// <summary>The first place at or after <paramref name="start"/> where a match may begin.</summary>
    public virtual int Candidate(ReadOnlySpan<byte> text, int start) => start;

    public sealed override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        var pieceStart = 0;
        while (TryNext(text, pieceStart, out var start, out var end))
        {
            if (start > pieceStart) sink.Accept(text[pieceStart..start], atStart && pieceStart == 0);
            sink.Accept(text[start..end], atStart && start == 0);
            pieceStart = end;
        }

        if (pieceStart < text.Length) sink.Accept(text[pieceStart..], atStart && pieceStart == 0);
    }

    /// <summary>The next match that begins at or after <paramref name="from"/>; false where there is none.</summary>
    public bool TryNext(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        start = Candidate(text, from);
        while (start < text.Length)
        {
            end = Match(text, start);
            if (end > start) return true;
            CodePoints.ClassAt(text, start, out var length);
            start = Candidate(text, start + length);
        }

        end = text.Length;
        return false;
    }

    /// <summary>The length of an English contraction ('s, 't, 're, 've, 'm, 'll, 'd) at <paramref name="at"/>, or 0.</summary>
    protected static int Contraction(ReadOnlySpan<byte> text, int at, bool ignoreCase)
    {
        if (text[at] != '\'' || at + 1 >= text.Length) return 0;
        var fold = ignoreCase ? 0x20 : 0;
        switch (text[at + 1] | fold)
        {
            case 's' or 't' or 'm' or 'd':
                return 2;
            case 'r' or 'v' when at + 2 < text.Length && (text[at + 2] | fold) == 'e':
                return 3;
            case 'l' when at + 2 < text.Length && (text[at + 2] | fold) == 'l':
                return 3;
            default:
                return 0;
        }
    }

    /// <summary>
    /// The end of <c>\s+(?!\S)|\s+</c>: a run of white space gives its last character to the word that follows, unless it
    /// has but one or nothing follows.
    /// </summary>
    protected static int SpacesBeforeWord(ReadOnlySpan<byte> text, int start)
    {
        var end = CodePoints.RunEnd(text, start, CodePoints.White);
        return end == text.Length ? end : ButLast(text, start, end);
    }

    private protected static int ButLast(ReadOnlySpan<byte> text, int start, int end)
    {
        CodePoints.DecodeLast(text, end, out var length);
        return end - length > start ? end - length : end;
    }
}
