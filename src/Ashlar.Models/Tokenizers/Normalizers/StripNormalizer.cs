namespace Ashlar.Models.Tokenizers;

/// <summary>Takes white space off the ends of a text.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        var start = left ? CodePoints.RunEnd(text, 0, CodePoints.White) : 0;
        var end = text.Length;
        while (right && end > start)
        {
            var last = CodePoints.DecodeLast(text, end, out var length);
            if ((CodePoints.ClassOf(last) & CodePoints.White) == 0) break;
            end -= length;
        }

        output.Write(text[start..end]);
    }
}
