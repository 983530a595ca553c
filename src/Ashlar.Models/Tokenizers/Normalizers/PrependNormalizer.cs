namespace Ashlar.Models.Tokenizers;

/// <summary>Puts something before a text, unless the text is empty.</summary>
internal sealed class PrependNormalizer(byte[] prefix) : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        if (text.IsEmpty) return;
        output.Write(prefix);
        output.Write(text);
    }
}
