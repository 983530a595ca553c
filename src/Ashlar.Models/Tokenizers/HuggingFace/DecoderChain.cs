using System.Text;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Reads <c>decoder</c>. Everything that published decoders do can be said of each token by itself, but for the space that the
/// first one begins with; so texts are made once, and decoding is looking them up.
/// </summary>
internal sealed class DecoderChain
{
    private readonly List<Func<string, string>> _steps = [];
    private bool _isByteLevel;
    private bool _readsBytes;
    private bool _isFused;
    private bool _trimsFirstSpace;

    private DecoderChain()
    {
    }

    /// <summary>What a tokenizer without decoder does: tokens with spaces between.</summary>
    public static DecoderChain Spaced { get; } = CreateSpaced();

    public static DecoderChain Read(JsonPlace place)
    {
        var chain = new DecoderChain();
        chain.Add(place);
        return chain;
    }

    /// <summary>The texts of all tokens.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="byteLevel">Whether the vocabulary holds raw bytes already.</param>
    public TokenTexts Texts(Vocabulary vocabulary, bool byteLevel)
    {
        if (byteLevel) return TokenTexts.OfBytes(vocabulary);
        return new TokenTexts(vocabulary.Count, (id, output) => Write(vocabulary[id], output), _trimsFirstSpace);
    }

    private void Write(ReadOnlySpan<byte> token, TextBuffer output)
    {
        if (_readsBytes && TokenTexts.TryParseByte(token, out var value))
        {
            output.Write(value);
            return;
        }

        var text = Encoding.UTF8.GetString(token);
        foreach (var step in _steps) text = step(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        var decoded = new byte[bytes.Length];
        if (_isByteLevel && ByteLevelAlphabet.TryDecode(bytes, decoded, out var length)) output.Write(decoded.AsSpan(0, length));
        else output.Write(bytes);
    }

    private void Add(JsonPlace place)
    {
        switch (place.Type())
        {
            case "Sequence":
                foreach (var item in place["decoders"].Items()) Add(item);
                break;
            case "ByteLevel":
                _isByteLevel = true;
                break;
            case "ByteFallback":
                _readsBytes = true;
                break;
            case "Fuse":
                _isFused = true;
                break;
            case "Metaspace":
                var mark = place.Text("replacement") ?? "▁";
                if (mark.Length == 0) throw place["replacement"].Error("is empty");
                _steps.Add(text => text.Replace(mark, " ", StringComparison.Ordinal));
                _trimsFirstSpace = place.Text("prepend_scheme") is { } scheme
                    ? scheme != "never"
                    : place.Flag("add_prefix_space", true);
                break;
            case "Replace":
                AddReplace(place);
                break;
            case "Strip":
                AddStrip(place);
                break;
            case "WordPiece":
                AddWordPiece(place.Text("prefix") ?? "##", place.Flag("cleanup", true));
                break;
            default:
                throw place.Unsupported($"the decoder '{Printable.Name(place.Type())}'");
        }
    }

    private void AddReplace(JsonPlace place)
    {
        if (_isFused) throw place.Unsupported("Replace behind Fuse");
        var old = place["pattern"]["String"].Text();
        var replacement = Encoding.UTF8.GetString(place["content"].Utf8(Normalizer.MostReplacementBytes));
        if (old.Length == 0) throw place["pattern"].Error("is empty");
        _steps.Add(text => text.Replace(old, replacement, StringComparison.Ordinal));
    }

    private void AddStrip(JsonPlace place)
    {
        var start = place.TryGet("start", out var left) ? left.Integer(1 << 16) : 0;
        var stop = place.TryGet("stop", out var right) ? right.Integer(1 << 16) : 0;
        if (start == 0 && stop == 0) return;
        if (!_isFused || start != 1 || stop != 0 || place["content"].Text() != " ")
        {
            throw place.Unsupported("a Strip other than one space at the start of the text");
        }

        _trimsFirstSpace = true;
    }

    private void AddWordPiece(string prefix, bool cleanup)
    {
        _trimsFirstSpace = true;
        _steps.Add(text =>
        {
            text = prefix.Length > 0 && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : " " + text;
            var isTail = text is " ." or " ?" or " !" or " ," or " n't" or " 'm" or " 's" or " 've" or " 're";
            return cleanup && isTail ? text[1..] : text;
        });
    }

    private static DecoderChain CreateSpaced()
    {
        var chain = new DecoderChain { _trimsFirstSpace = true };
        chain._steps.Add(text => " " + text);
        return chain;
    }
}
