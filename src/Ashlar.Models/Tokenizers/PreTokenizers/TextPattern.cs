namespace Ashlar.Models.Tokenizers;

/// <summary>Something that can be found in a text: a string, a class of characters, a regular expression.</summary>
internal abstract class TextPattern
{
    /// <summary>Appends every match, in order, none overlapping or empty.</summary>
    public abstract void FindMatches(ReadOnlySpan<byte> text, List<(int Start, int End)> matches);
}

/// <summary>A string.</summary>
internal sealed class LiteralPattern(byte[] literal) : TextPattern
{
    public override void FindMatches(ReadOnlySpan<byte> text, List<(int Start, int End)> matches)
    {
        for (var at = 0; literal.Length > 0 && text[at..].IndexOf(literal) is >= 0 and var offset; at += offset + literal.Length)
        {
            matches.Add((at + offset, at + offset + literal.Length));
        }
    }
}

/// <summary>Single characters, told by their first byte and their class.</summary>
internal sealed class CharacterPattern(Func<byte, uint, bool> matches) : TextPattern
{
    public static readonly CharacterPattern Number = new((_, type) => (type & CodePoints.Number) != 0);
    public static readonly CharacterPattern White = new((_, type) => (type & CodePoints.White) != 0);
    public static readonly CharacterPattern Punctuation = new(BertPreTokenizer.IsPunctuation);

    public override void FindMatches(ReadOnlySpan<byte> text, List<(int Start, int End)> found)
    {
        for (var at = 0; at < text.Length;)
        {
            var type = CodePoints.ClassAt(text, at, out var length);
            if (matches(text[at], type)) found.Add((at, at + length));
            at += length;
        }
    }
}

/// <summary>What a scanner matches.</summary>
internal sealed class ScannerPattern(Scanner scanner) : TextPattern
{
    public override void FindMatches(ReadOnlySpan<byte> text, List<(int Start, int End)> matches)
    {
        for (var end = 0; scanner.TryNext(text, end, out var start, out end);) matches.Add((start, end));
    }
}
