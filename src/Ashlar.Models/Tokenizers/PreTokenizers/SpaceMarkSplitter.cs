namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Cuts before each run of space marks (▁). Where no token joins other text with a mark behind it, encoding the parts gives the
/// same ids as encoding the whole, and the parts are short words that a cache can serve.
/// </summary>
internal sealed class SpaceMarkSplitter : PreTokenizer
{
    public override void Split(ReadOnlySpan<byte> text, bool atStart, PieceSink sink)
    {
        var start = 0;
        while (start < text.Length)
        {
            var word = start;
            while (text[word..].StartsWith(SpaceMark.Utf8)) word += SpaceMark.Utf8.Length;
            var length = text[word..].IndexOf(SpaceMark.Utf8);
            var end = length < 0 ? text.Length : word + length;
            sink.Accept(text[start..end], atStart && start == 0);
            start = end;
        }
    }
}
