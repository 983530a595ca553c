namespace Ashlar.Models.Tokenizers;

/// <summary>Builds a tokenizer from a folder with <c>tokenizer.json</c>.</summary>
internal static class HuggingFaceTokenizerReader
{
    private const long MostBytes = 1L << 28; // the largest published (Gemma's) has 33 MB

    public static Tokenizer Read(string folder)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"'{folder}' has no tokenizer.json; download it with the model, or give a GGUF file", path);
        }

        return Read(JsonPlace.Read(path, MostBytes), folder);
    }

    /// <summary>Builds a tokenizer from what <c>tokenizer.json</c> holds, and the files in a folder, if there is one.</summary>
    public static Tokenizer Read(JsonPlace root, string? folder)
    {
        var stages = root.TryGet("pre_tokenizer", out var pre)
            ? PreTokenizerReader.Read(pre)
            : new PreTokenizerPlan([], IsByteLevel: false);
        var model = root["model"];
        var added = root.TryGet("added_tokens", out var list) ? AddedTokenEntry.Read(list) : [];
        var vocabulary = HuggingFaceVocabularyReader.Read(model, added, stages.IsByteLevel);
        var encoder = HuggingFaceModelReader.Read(model, vocabulary, stages.IsByteLevel);
        var normalizer = root.TryGet("normalizer", out var form) ? NormalizerReader.Read(form) : null;
        var decoder = root.TryGet("decoder", out var chain) ? DecoderChain.Read(chain) : DecoderChain.Spaced;
        var template = root.TryGet("post_processor", out var post)
            ? PostProcessorReader.Read(post, vocabulary.Count)
            : new TextTemplate([], []);

        var pipeline = new TokenizerPipeline(
            encoder,
            normalizer,
            stages.Build(),
            [.. added.Where(token => normalizer is null || !token.IsNormalized).Select(token => token.AsAdded(null))],
            [.. added.Where(token => normalizer is not null && token.IsNormalized).Select(token => token.AsAdded(normalizer))]);
        var config = HuggingFaceConfig.Read(folder, vocabulary);
        var ids = config.Complete(
            template, added.Where(token => token.IsSpecial).Select(token => token.Id), model.Text("unk_token"));
        return new Tokenizer(vocabulary, pipeline, ids, () => decoder.Texts(vocabulary, stages.IsByteLevel), config.ChatTemplate);
    }
}
