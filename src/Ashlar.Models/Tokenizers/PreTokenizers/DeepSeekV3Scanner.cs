namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The third expression of DeepSeek V3: ASCII punctuation that leads ASCII letters;
/// <c>[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal sealed class DeepSeekV3Scanner : Scanner
{
    private const uint Word = CodePoints.Letter | CodePoints.Mark;
    private const uint Signs = CodePoints.Punctuation | CodePoints.Symbol;

    public override int Match(ReadOnlySpan<byte> text, int start)
    {
        var first = CodePoints.ClassAt(text, start, out var length);
        var behind = start + length;
        var next = behind < text.Length ? CodePoints.ClassAt(text, behind, out _) : 0;

        if ((first & Signs) != 0 && text[start] < 0x80 && behind < text.Length && char.IsAsciiLetter((char)text[behind]))
        {
            var at = behind;
            while (at < text.Length && char.IsAsciiLetter((char)text[at])) at++;
            return at;
        }

        if ((first & (CodePoints.Letter | Signs)) == 0 && text[start] is not ((byte)'\r' or (byte)'\n') && (next & Word) != 0)
        {
            return CodePoints.RunEnd(text, behind, Word);
        }

        if ((first & Word) != 0) return CodePoints.RunEnd(text, start, Word);
        var sign = text[start] == ' ' && (next & Signs) != 0 ? behind : start;
        if (((sign == start ? first : next) & Signs) != 0)
        {
            return Cl100kScanner.LineEnds(text, CodePoints.RunEnd(text, sign, Signs), slash: false);
        }

        return (first & CodePoints.White) != 0 ? Cl100kScanner.Spaces(text, start) : start;
    }
}
