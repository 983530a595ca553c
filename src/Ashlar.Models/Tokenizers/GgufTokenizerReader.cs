using Ashlar.Models.Gguf;

namespace Ashlar.Models.Tokenizers;

/// <summary>
/// Builds a tokenizer from the <c>tokenizer.*</c> keys of a GGUF file. Defaults that files rely on without saying so (which ids
/// are special, whether BOS is added) follow llama.cpp.
/// </summary>
internal sealed class GgufTokenizerReader(GgufMetadata metadata)
{
    private const string Keys = "tokenizer.ggml.";
    private const int MostWordCharacters = 100; // BERT's own bound

    public Tokenizer Read()
    {
        if (!metadata.Contains(Keys + "model"))
        {
            throw new InvalidDataException(
                $"the file has no tokenizer (metadata key '{Keys}model' is missing); "
                + "give token ids, or convert the model with its tokenizer");
        }

        var model = metadata.GetString(Keys + "model");
        return model switch
        {
            "gpt2" => ReadByteLevel(),
            "llama" => ReadSentencePiece(),
            "t5" => ReadUnigram(),
            "bert" => ReadWordPiece(),
            "no_vocab" or "none" => throw new InvalidDataException(
                $"the file has no tokenizer ({Keys}model is '{model}'); give token ids, or convert the model with its tokenizer"),
            _ => throw new InvalidDataException(
                $"{Keys}model is '{Printable.Name(model)}', a tokenizer that is not read (gpt2, llama, t5 and bert are); "
                + "convert the model again"),
        };
    }

    private Tokenizer ReadByteLevel()
    {
        var family = metadata.GetString(Keys + "pre", "default");
        var preTokenizer = PreTokenizerFamilies.Find(family) ?? throw new InvalidDataException(
            $"{Keys}pre is '{Printable.Name(family)}', a pre-tokenizer that is not known; "
            + "convert the model again or use its Hugging Face folder");
        var vocabulary = new GgufVocabularyReader(metadata).Read(byteLevel: true);
        var merges = GgufMerges.Read(metadata.GetStrings(Keys + "merges"), vocabulary);
        var llama = family is "llama-bpe" or "llama3" or "llama-v3" or "falcon3" or "tekken";
        var ids = new GgufSpecialIds(metadata, vocabulary).Read(addBos: llama, addEos: false, defaults: default);
        var model = new MergeModel<ListedMerges>(
            new ListedMerges(vocabulary, merges, vocabulary.FindSingleBytes()), byteSymbols: true,
            wholePieces: llama ? vocabulary : null,
            new UnknownText(byteIds: null, ids.Unknown, fuse: false), cutsBeforeSpaceMark: false);
        return Build(vocabulary, model, normalizer: null, preTokenizer, ids, () => TokenTexts.OfBytes(vocabulary));
    }

    private Tokenizer ReadSentencePiece()
    {
        var vocabulary = new GgufVocabularyReader(metadata).Read(byteLevel: false);
        var ids = new GgufSpecialIds(metadata, vocabulary).Read(addBos: true, addEos: false, new(Bos: 1, Eos: 2, Unknown: 0));
        var prefix = metadata.GetBoolean(Keys + "add_space_prefix", true);
        var model = new MergeModel<ScoredMerges>(
            new ScoredMerges(vocabulary), byteSymbols: false, wholePieces: null,
            new UnknownText(vocabulary.FindByteTokens(), ids.Unknown, fuse: false), vocabulary.HasNoInnerSpaceMark());
        return Build(
            vocabulary, model, new SentencePieceNormalizer(prefix), null, ids, () => TokenTexts.OfSpaceMarks(vocabulary, prefix));
    }

    private Tokenizer ReadUnigram()
    {
        var vocabulary = new GgufVocabularyReader(metadata).Read(byteLevel: false);
        var ids = new GgufSpecialIds(metadata, vocabulary).Read(addBos: false, addEos: true, new(Eos: 1, Unknown: 2, Padding: 0));
        var prefix = metadata.GetBoolean(Keys + "add_space_prefix", false);
        var merge = metadata.GetBoolean(Keys + "remove_extra_whitespaces", false);
        List<Normalizer> normalizers = [new UnigramSpaceNormalizer(prefix, merge)];
        if (metadata.Contains(Keys + "precompiled_charsmap"))
        {
            normalizers.Insert(0, new PrecompiledNormalizer(metadata.GetIntegers<byte>(Keys + "precompiled_charsmap")));
        }

        var model = new UnigramModel(vocabulary, new UnknownText(vocabulary.FindByteTokens(), ids.Unknown, fuse: true));
        return Build(
            vocabulary, model, new NormalizerSequence(normalizers), null, ids,
            () => TokenTexts.OfSpaceMarks(vocabulary, prefix || merge));
    }

    private Tokenizer ReadWordPiece()
    {
        var vocabulary = new GgufVocabularyReader(metadata).Read(byteLevel: false);
        var ids = new GgufSpecialIds(metadata, vocabulary).ReadForBert();
        var unknown = ids.Unknown ?? throw new InvalidDataException(
            $"'{Keys}unknown_token_id' is missing, and the vocabulary has fewer than 101 tokens; convert the model again");
        var model = new WordPieceModel(vocabulary, SpaceMark.Utf8.ToArray(), [], unknown, MostWordCharacters);
        var normalizer = new BertNormalizer(cleanText: true, separateIdeographs: true, stripAccents: true, lowercase: true);
        return Build(
            vocabulary, model, normalizer, new BertPreTokenizer(), ids,
            () => TokenTexts.OfSpaceMarks(vocabulary, trimsFirstSpace: true));
    }

    private Tokenizer Build(
        Vocabulary vocabulary, TokenModel model, Normalizer? normalizer, PreTokenizer? preTokenizer, SpecialIds ids,
        Func<TokenTexts> texts)
    {
        // Phi 3 was trained with tokens that swallow the white space behind them, which the file cannot say.
        var phi3 = metadata.GetString("general.name", "").Replace("-", "", StringComparison.Ordinal)
            .Contains("phi3", StringComparison.OrdinalIgnoreCase);
        List<AddedToken> added = [];
        for (var id = 0; id < vocabulary.Count; id++)
        {
            var text = vocabulary[id];
            if (vocabulary.KindOf(id) is not (TokenKind.Control or TokenKind.Unknown or TokenKind.UserDefined) || text.IsEmpty)
            {
                continue;
            }

            var takesSpace = phi3
                && !(text.SequenceEqual("<unk>"u8) || text.SequenceEqual("<s>"u8) || text.SequenceEqual("<|endoftext|>"u8));
            added.Add(
                new AddedToken(id, text.ToArray(), vocabulary.KindOf(id) != TokenKind.UserDefined, TakesSpaceBehind: takesSpace));
        }

        var pipeline = new TokenizerPipeline(model, normalizer, preTokenizer, added, normalized: []);
        return new Tokenizer(vocabulary, pipeline, ids, texts, metadata.GetString("tokenizer.chat_template", null));
    }
}
