namespace Ashlar.Models.Tokenizers;

/// <summary>Drops every combining mark.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        for (var at = 0; at < text.Length;)
        {
            if ((CodePoints.ClassAt(text, at, out var length) & CodePoints.Mark) == 0) output.Write(text.Slice(at, length));
            at += length;
        }
    }
}
