using System.Buffers;

namespace Ashlar.Models.Tokenizers;

/// <summary>A token that is found in the text before any other rule.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text, not empty.</param>
/// <param name="IsSpecial">Whether it is found only where the caller asks for special tokens.</param>
/// <param name="TakesSpaceBefore">Whether it swallows white space on its left (<c>lstrip</c>).</param>
/// <param name="TakesSpaceBehind">Whether it swallows white space on its right (<c>rstrip</c>).</param>
/// <param name="WholeWord">Whether it is found only between characters that belong to no word (<c>single_word</c>).</param>
internal sealed record AddedToken(
    int Id, byte[] Text, bool IsSpecial, bool TakesSpaceBefore = false, bool TakesSpaceBehind = false, bool WholeWord = false);

/// <summary>Finds added tokens in text: of those that begin leftmost, the longest.</summary>
internal sealed class AddedTokens
{
    private readonly AddedToken[] _tokens;
    private readonly PrefixTree _tree = new();
    private readonly SearchValues<byte> _firstBytes;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        _tokens = [.. tokens];
        for (var i = 0; i < _tokens.Length; i++)
        {
            if (!_tree.Add(_tokens[i].Text, i)) throw new InvalidDataException("the added tokens are too long; use another file");
        }

        _firstBytes = SearchValues.Create([.. _tokens.Select(token => token.Text[0]).Distinct()]);
    }

    /// <summary>Whether there are any.</summary>
    public bool Any => _tokens.Length > 0;

    /// <summary>Finds the first added token in <paramref name="text"/> from <paramref name="from"/> on.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="start">Where the text before the token ends.</param>
    /// <param name="end">Where the text behind the token begins.</param>
    /// <returns>The token, or null where there is none.</returns>
    public AddedToken? Find(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        for (var at = from; at < text.Length; at++)
        {
            var offset = text[at..].IndexOfAny(_firstBytes);
            if (offset < 0) break;
            at += offset;
            if (!_tree.TryLongest(text[at..], out var index, out var length)) continue;

            var token = _tokens[index];
            (start, end) = (at, at + length);
            if (token.WholeWord && !StandsAlone(text, start, end)) continue;
            if (token.TakesSpaceBefore) start = SpaceStart(text, from, start);
            if (token.TakesSpaceBehind) end = CodePoints.RunEnd(text, end, CodePoints.White);
            return token;
        }

        (start, end) = (text.Length, text.Length);
        return null;
    }

    private static int SpaceStart(ReadOnlySpan<byte> text, int from, int end)
    {
        while (end > from)
        {
            var last = CodePoints.DecodeLast(text[from..], end - from, out var length);
            if ((CodePoints.ClassOf(last) & CodePoints.White) == 0) break;
            end -= length;
        }

        return end;
    }

    private static bool StandsAlone(ReadOnlySpan<byte> text, int start, int end) =>
        (start == 0 || !IsWord(CodePoints.DecodeLast(text, start, out _)))
        && (end == text.Length || !IsWord(CodePoints.Decode(text, end, out _)));

    private static bool IsWord(int codePoint) =>
        codePoint == '_' || (CodePoints.ClassOf(codePoint) & (CodePoints.Letter | CodePoints.Mark | CodePoints.Number)) != 0;
}
