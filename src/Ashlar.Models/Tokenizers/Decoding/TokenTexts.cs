namespace Ashlar.Models.Tokenizers;

/// <summary>What each token adds to a text, as bytes, by id.</summary>
internal sealed class TokenTexts
{
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    /// <param name="count">How many ids there are.</param>
    /// <param name="write">Writes the text of an id.</param>
    /// <param name="trimsFirstSpace">Whether the space that the first token of a text begins with is not part of the
    /// text.</param>
    public TokenTexts(int count, Action<int, TextBuffer> write, bool trimsFirstSpace)
    {
        TrimsFirstSpace = trimsFirstSpace;
        _ends = new int[count];
        var buffer = new TextBuffer();
        for (var id = 0; id < count; id++)
        {
            write(id, buffer);
            _ends[id] = buffer.Length;
        }

        _bytes = buffer.Written.ToArray();
    }

    /// <summary>Whether the space that the first token of a text begins with is not part of the text.</summary>
    public bool TrimsFirstSpace { get; }

    /// <summary>The text of a token.</summary>
    public ReadOnlySpan<byte> this[int id]
    {
        get
        {
            var start = id == 0 ? 0 : _ends[id - 1];
            return _bytes.AsSpan(start, _ends[id] - start);
        }
    }

    /// <summary>The texts of a vocabulary that writes spaces as ▁ and raw bytes as &lt;0xNN&gt;.</summary>
    public static TokenTexts OfSpaceMarks(Vocabulary vocabulary, bool trimsFirstSpace) => new(
        vocabulary.Count,
        (id, output) =>
        {
            var token = vocabulary[id];
            var kind = vocabulary.KindOf(id);
            if (kind == TokenKind.Byte && TryParseByte(token, out var value)) output.Write(value);
            else if (kind is TokenKind.Normal or TokenKind.Unused or TokenKind.Byte) SpaceMark.Unescape(token, output);
            else output.Write(token);
        },
        trimsFirstSpace);

    /// <summary>The texts of a byte-level vocabulary: the tokens are their own bytes.</summary>
    public static TokenTexts OfBytes(Vocabulary vocabulary) =>
        new(vocabulary.Count, (id, output) => output.Write(vocabulary[id]), false);

    /// <summary>Reads &lt;0xNN&gt;.</summary>
    public static bool TryParseByte(ReadOnlySpan<byte> token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x"u8) && token[5] == '>'
            && byte.TryParse(token[3..5], System.Globalization.NumberStyles.AllowHexSpecifier, null, out value);
    }
}
