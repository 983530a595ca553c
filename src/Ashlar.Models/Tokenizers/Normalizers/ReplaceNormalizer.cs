namespace Ashlar.Models.Tokenizers;

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, byte[] replacement) : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        List<(int Start, int End)> matches = [];
        pattern.FindMatches(text, matches);
        var at = 0;
        foreach (var (start, end) in matches)
        {
            output.Write(text[at..start]);
            output.Write(replacement);
            at = end;
        }

        output.Write(text[at..]);
    }
}
