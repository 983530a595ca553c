namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The family of GPT-4o (o200k), whose words also end where a lower-case letter meets an upper-case one:
/// <c>[^\r\n\p{L}\p{N}]?[U]*[W]+C?|[^\r\n\p{L}\p{N}]?[U]+[W]*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|T</c>
/// with T = <c>\s*[\r\n]+|\s+(?!\S)|\s+</c>, U = Lu Lt Lm Lo M, W = Ll Lm Lo M and C a contraction. Tekken (Mistral) has
/// single digits and no C.
/// </summary>
internal sealed class O200kScanner(int mostDigits, bool contractions) : Scanner
{
    private const uint Upper =
        CodePoints.Uppercase | CodePoints.Titlecase | CodePoints.ModifierLetter | CodePoints.OtherLetter | CodePoints.Mark;

    private const uint Lower = CodePoints.Lowercase | CodePoints.ModifierLetter | CodePoints.OtherLetter | CodePoints.Mark;
    private const uint NotPunctuation = CodePoints.White | CodePoints.Letter | CodePoints.Number;

    public override int Match(ReadOnlySpan<byte> text, int start)
    {
        var first = CodePoints.ClassAt(text, start, out var length);
        var word = Word(text, start, first, length);
        if (word > start)
        {
            return contractions && word < text.Length ? word + Contraction(text, word, ignoreCase: true) : word;
        }

        if ((first & CodePoints.Number) != 0) return Cl100kScanner.Digits(text, start, mostDigits);

        var punctuation = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        if ((CodePoints.ClassAt(text, punctuation, out _) & NotPunctuation) == 0)
        {
            return Cl100kScanner.LineEnds(text, CodePoints.RunEnd(text, punctuation, ~NotPunctuation), slash: true);
        }

        return Cl100kScanner.Spaces(text, start);
    }

    // The alternatives in their order: each of the two shapes, first behind one character that is no letter, then without it.
    private static int Word(ReadOnlySpan<byte> text, int start, uint first, int length)
    {
        var prefixed = (first & (CodePoints.Letter | CodePoints.Number)) == 0 && text[start] is not ((byte)'\r' or (byte)'\n');
        var behind = start + length;
        int end;
        if (prefixed && (end = EndsLower(text, behind)) > behind) return end;
        if ((end = EndsLower(text, start)) > start) return end;
        if (prefixed && (end = CodePoints.RunEnd(text, behind, Upper)) > behind) return end;
        return CodePoints.RunEnd(text, start, Upper);
    }

    // The end of [U]*[W]+, or at where there is none. A letter without case belongs to both sets: greedy U takes it first and
    // gives it back to W when nothing lower follows, so that the match then ends behind the last such letter.
    private static int EndsLower(ReadOnlySpan<byte> text, int at)
    {
        var upper = CodePoints.RunEnd(text, at, Upper);
        var end = CodePoints.RunEnd(text, upper, Lower);
        if (end > upper) return end;
        while (upper > at)
        {
            var last = CodePoints.DecodeLast(text, upper, out var length);
            if ((CodePoints.ClassOf(last) & Lower) != 0) return upper;
            upper -= length;
        }

        return at;
    }
}
