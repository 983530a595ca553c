namespace Ashlar.Models.Tokenizers;

/// <summary><c>\s+$</c>: the white space that a piece ends with.</summary>
internal sealed class TrailingSpaceScanner : Scanner
{
    public override int Candidate(ReadOnlySpan<byte> text, int start)
    {
        var at = text.Length;
        while (at > start)
        {
            var last = CodePoints.DecodeLast(text[start..], at - start, out var length);
            if ((CodePoints.ClassOf(last) & CodePoints.White) == 0) break;
            at -= length;
        }

        return at;
    }

    public override int Match(ReadOnlySpan<byte> text, int start) => text.Length;
}
