using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Turns ids into text one at a time, and never emits half a character: bytes of an unfinished character wait for the next
/// token. Bytes that can be no UTF-8 become U+FFFD. One stream each; not safe for concurrent use. Allocates nothing per token.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly HashSet<int> _visible;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _trim;
    private char[] _characters = new char[64];

    internal StreamingDecoder(Tokenizer tokenizer, bool continuesText, bool skipSpecial, IReadOnlyCollection<int> visible)
    {
        (_tokenizer, _skipSpecial, _visible) = (tokenizer, skipSpecial, [.. visible]);
        _trim = !continuesText && tokenizer.TrimsFirstSpace;
    }

    /// <summary>
    /// Takes the next token; returns the text that is now complete, which may be empty. Valid until the next call.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no such id.</exception>
    public ReadOnlySpan<char> Append(int id) => Convert(TextOf(id), flush: false);

    /// <summary>Ends the stream: an unfinished character becomes U+FFFD. The decoder may then be used for another text.</summary>
    public ReadOnlySpan<char> Flush() => Convert([], flush: true);

    /// <summary>The bytes that a token adds to the text at this point of the stream.</summary>
    internal ReadOnlySpan<byte> TextOf(int id)
    {
        var special = _tokenizer.IsSpecial(id);
        if (special && _skipSpecial && !_visible.Contains(id)) return [];

        var bytes = _tokenizer.TokenBytes(id);
        if (_trim && bytes.Length > 0)
        {
            _trim = false;
            if (!special && bytes[0] == ' ') bytes = bytes[1..];
        }

        return bytes;
    }

    private ReadOnlySpan<char> Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        // Each byte gives at most one UTF-16 unit, and so does each of the three bytes that may be waiting.
        if (_characters.Length < bytes.Length + 4) _characters = new char[bytes.Length + 4];
        var count = _decoder.GetChars(bytes, _characters, flush);
        return _characters.AsSpan(0, count);
    }
}
