namespace Ashlar.Models.Tokenizers;

/// <summary>Spaces as a SentencePiece unigram model wants them: written ▁, runs merged, one put before the text.</summary>
/// <param name="addSpacePrefix">Whether the first word gets a space before it.</param>
/// <param name="mergeSpaces">Whether a run of spaces counts as one, and none are kept at the end; each word then has one before
/// it.</param>
internal sealed class UnigramSpaceNormalizer(bool addSpacePrefix, bool mergeSpaces) : Normalizer
{
    public override void Apply(ReadOnlySpan<byte> text, TextBuffer output)
    {
        var prefix = addSpacePrefix || mergeSpaces;
        for (var at = 0; at < text.Length;)
        {
            var spaces = text[at..].IndexOfAnyExcept((byte)' ');
            if (spaces < 0) spaces = text.Length - at;
            for (var i = 0; i < spaces && !mergeSpaces; i++) output.Write(SpaceMark.Utf8);
            at += spaces;
            if (at == text.Length) break;

            if (prefix) output.Write(SpaceMark.Utf8);
            prefix = mergeSpaces;
            var word = text[at..].IndexOf((byte)' ');
            if (word < 0) word = text.Length - at;
            output.Write(text.Slice(at, word));
            at += word;
        }
    }
}
