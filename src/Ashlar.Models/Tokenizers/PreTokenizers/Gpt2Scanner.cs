namespace Ashlar.Models.Tokenizers;

/// <summary>GPT-2's <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.</summary>
internal sealed class Gpt2Scanner : Scanner
{
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override int Match(ReadOnlySpan<byte> text, int start)
    {
        if (Contraction(text, start, ignoreCase: false) is > 0 and var contraction) return start + contraction;

        var word = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        var first = CodePoints.ClassAt(text, word, out var length);
        if ((first & CodePoints.Letter) != 0) return CodePoints.RunEnd(text, word + length, CodePoints.Letter);
        if ((first & CodePoints.Number) != 0) return CodePoints.RunEnd(text, word + length, CodePoints.Number);
        if ((first & CodePoints.White) != 0) return SpacesBeforeWord(text, start);
        return CodePoints.RunEnd(text, word + length, ~(CodePoints.White | CodePoints.Letter | CodePoints.Number));
    }
}
