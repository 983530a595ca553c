namespace Ashlar.Models.Tokenizers;

/// <summary>Writes spaces as ▁, with one more before the text where the vocabulary spells words so.</summary>
internal sealed class SentencePieceNormalizer(bool addSpacePrefix) : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        if (addSpacePrefix) output.Write(SpaceMark.Utf8);
        SpaceMark.Escape(text, output);
    }
}
