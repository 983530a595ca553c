namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The family of
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>
/// (cl100k, Llama 3, Qwen 2 and what follows them); its members differ in the length of a run of digits, and in whether marks go
/// with letters.
/// </summary>
/// <param name="mostDigits">How many digits are kept together.</param>
/// <param name="letters">The classes that make a word.</param>
internal sealed class Cl100kScanner(int mostDigits, uint letters = CodePoints.Letter) : Scanner
{
    private readonly uint _notPunctuation = CodePoints.White | CodePoints.Number | letters;

    public override int Match(ReadOnlySpan<byte> text, int start)
    {
        if (Contraction(text, start, ignoreCase: true) is > 0 and var contraction) return start + contraction;

        var first = CodePoints.ClassAt(text, start, out var length);
        if ((first & letters) != 0) return CodePoints.RunEnd(text, start + length, letters);
        if ((first & CodePoints.Number) != 0) return Digits(text, start, mostDigits);

        var next = start + length < text.Length ? CodePoints.ClassAt(text, start + length, out var nextLength) : 0;
        if ((next & letters) != 0 && text[start] is not ((byte)'\r' or (byte)'\n'))
        {
            return CodePoints.RunEnd(text, start + length, letters);
        }

        var spaced = text[start] == ' ' && next != 0 && (next & _notPunctuation) == 0;
        if (spaced || (first & CodePoints.White) == 0)
        {
            return LineEnds(text, CodePoints.RunEnd(text, spaced ? start + length : start, ~_notPunctuation), slash: false);
        }

        return Spaces(text, start);
    }

    /// <summary>The end of at most <paramref name="most"/> numbers.</summary>
    internal static int Digits(ReadOnlySpan<byte> text, int at, int most)
    {
        for (; most > 0 && at < text.Length; most--)
        {
            if ((CodePoints.ClassAt(text, at, out var length) & CodePoints.Number) == 0) break;
            at += length;
        }

        return at;
    }

    /// <summary>The end of <c>[\r\n]*</c>, or of <c>[\r\n/]*</c>.</summary>
    internal static int LineEnds(ReadOnlySpan<byte> text, int at, bool slash)
    {
        while (at < text.Length && (text[at] is (byte)'\r' or (byte)'\n' || (slash && text[at] == '/'))) at++;
        return at;
    }

    /// <summary>The end of <c>\s*[\r\n]+|\s+(?!\S)|\s+</c>.</summary>
    internal static int Spaces(ReadOnlySpan<byte> text, int start)
    {
        var end = CodePoints.RunEnd(text, start, CodePoints.White);
        var lastLineEnd = text[start..end].LastIndexOfAny((byte)'\r', (byte)'\n');
        if (lastLineEnd >= 0) return start + lastLineEnd + 1;
        return end == text.Length ? end : ButLast(text, start, end);
    }
}
