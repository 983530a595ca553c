namespace Ashlar.Models.Tokenizers;

/// <summary>
/// The way of a text to ids: added tokens are found, what lies between is normalized, cut into pieces and encoded.
/// </summary>
internal sealed class TokenizerPipeline
{
    private const int MostKept = 1 << 20;
    private readonly TokenModel _model;
    private readonly Normalizer? _normalizer;
    private readonly PreTokenizer? _preTokenizer;
    private readonly AddedTokens _all;
    private readonly AddedTokens _plain;
    private readonly AddedTokens _normalized;
    private EncodeScratch? _spare;

    /// <param name="model">Encodes pieces.</param>
    /// <param name="normalizer">Rewrites text, if anything does.</param>
    /// <param name="preTokenizer">Cuts text, if anything does.</param>
    /// <param name="added">Tokens that are found in the text as it is given.</param>
    /// <param name="normalized">Tokens that are found in normalized text; their texts are normalized.</param>
    public TokenizerPipeline(
        TokenModel model, Normalizer? normalizer, PreTokenizer? preTokenizer, IReadOnlyList<AddedToken> added,
        IReadOnlyList<AddedToken> normalized)
    {
        (_model, _normalizer, _preTokenizer) = (model, normalizer, preTokenizer);
        if (model.CutsBeforeSpaceMark)
        {
            _preTokenizer = preTokenizer is null
                ? new SpaceMarkSplitter()
                : new PreTokenizerSequence([preTokenizer, new SpaceMarkSplitter()]);
        }

        _all = new AddedTokens(added);
        _plain = new AddedTokens(added.Where(token => !token.IsSpecial));
        _normalized = new AddedTokens(normalized);
    }

    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids, bool parseSpecial)
    {
        var scratch = Interlocked.Exchange(ref _spare, null) ?? new EncodeScratch();
        var sink = new ModelSink(_model, scratch, ids);
        var tokens = parseSpecial ? _all : _plain;
        for (var at = 0; at < utf8.Length;)
        {
            var (start, end) = (utf8.Length, utf8.Length);
            var token = tokens.Any ? tokens.Find(utf8, at, out start, out end) : null;
            if (start > at) EncodeText(utf8[at..start], at == 0, scratch, sink, ids);
            if (token is not null) ids.Add(token.Id);
            at = end;
        }

        // What a large text needed is not kept for the small ones.
        if (utf8.Length <= MostKept) _spare = scratch;
    }

    private void EncodeText(ReadOnlySpan<byte> text, bool atStart, EncodeScratch scratch, ModelSink sink, List<int> ids)
    {
        if (_normalizer is not null)
        {
            scratch.Text.Clear();
            _normalizer.Apply(text, scratch.Text);
            text = scratch.Text.Written;
        }

        for (var at = 0; at < text.Length;)
        {
            var (start, end) = (text.Length, text.Length);
            var token = _normalized.Any ? _normalized.Find(text, at, out start, out end) : null;
            if (start > at) Cut(text[at..start], atStart && at == 0, sink);
            if (token is not null) ids.Add(token.Id);
            at = end;
        }
    }

    private void Cut(ReadOnlySpan<byte> text, bool atStart, ModelSink sink)
    {
        if (_preTokenizer is null) sink.Accept(text, atStart);
        else _preTokenizer.Split(text, atStart, sink);
    }

    private sealed class ModelSink(TokenModel model, EncodeScratch scratch, List<int> ids) : PieceSink
    {
        public override void Accept(ReadOnlySpan<byte> piece, bool atStart)
        {
            if (scratch.Cache.TryAppend(piece, ids, out var key)) return;
            var before = ids.Count;
            model.Encode(piece, scratch, ids);
            scratch.Cache.Add(key, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids)[before..]);
        }
    }
}
