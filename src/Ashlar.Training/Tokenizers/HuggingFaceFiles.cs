using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Models.Storage;

namespace Ashlar.Training.Tokenizers;

/// <summary>Writes a vocabulary as Hugging Face has it.</summary>
internal static class HuggingFaceFiles
{
    private static readonly JsonWriterOptions Form =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(BytePairVocabulary vocabulary, string folder)
    {
        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, "tokenizer.json"), Tokenizer(vocabulary));
        Write(Path.Combine(folder, "tokenizer_config.json"), Config(vocabulary));
    }

    private static void Write(string path, JsonObject content) => AtomicFile.Write(path, stream =>
    {
        using var writer = new Utf8JsonWriter(stream, Form);
        content.WriteTo(writer);
        writer.Flush();
        stream.Write("\n"u8);
    });

    private static JsonObject Tokenizer(BytePairVocabulary vocabulary) => new()
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = new JsonArray([.. vocabulary.SpecialTokens.Select(token => (JsonNode)Added(vocabulary, token))]),
        ["normalizer"] = null,
        ["pre_tokenizer"] = vocabulary.PreTokenizer.ToJson(),
        ["post_processor"] = PostProcessor(vocabulary),
        ["decoder"] = new JsonObject
        {
            ["type"] = "ByteLevel",
            ["add_prefix_space"] = false,
            ["trim_offsets"] = true,
            ["use_regex"] = false,
        },
        ["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["ignore_merges"] = false,
            ["vocab"] = new JsonObject(
                Enumerable.Range(0, vocabulary.FirstSpecial).Select(id => KeyValuePair.Create(vocabulary.Spelling(id), Id(id)))),
            ["merges"] = new JsonArray([.. vocabulary.Merges.Select(pair =>
                (JsonNode)new JsonArray(vocabulary.Spelling(pair.Left), vocabulary.Spelling(pair.Right)))]),
        },
    };

    private static JsonNode? Id(int id) => id;

    private static JsonObject Added(BytePairVocabulary vocabulary, string token) => new JsonObject
    {
        ["id"] = vocabulary.SpecialId(token),
        ["content"] = token,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = true,
    };

    private static JsonObject? PostProcessor(BytePairVocabulary vocabulary)
    {
        if (!vocabulary.Options.AddsBos || vocabulary.Options.Bos is not { } bos) return null;
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray(Part("SpecialToken", bos), Part("Sequence", "A")),
            ["pair"] = new JsonArray(Part("SpecialToken", bos), Part("Sequence", "A"), Part("Sequence", "B")),
            ["special_tokens"] = new JsonObject
            {
                [bos] = new JsonObject
                {
                    ["id"] = bos,
                    ["ids"] = new JsonArray(vocabulary.SpecialId(bos)),
                    ["tokens"] = new JsonArray(bos),
                },
            },
        };
    }

    private static JsonObject Part(string kind, string id) => new()
    {
        [kind] = new JsonObject { ["id"] = id, ["type_id"] = 0 },
    };

    private static JsonObject Config(BytePairVocabulary vocabulary)
    {
        var options = vocabulary.Options;
        var config = new JsonObject { ["tokenizer_class"] = "PreTrainedTokenizerFast" };
        if (options.Bos is not null) config["bos_token"] = options.Bos;
        if (options.Eos is not null) config["eos_token"] = options.Eos;
        if (options.Padding is not null) config["pad_token"] = options.Padding;
        config["add_bos_token"] = options.AddsBos;
        config["clean_up_tokenization_spaces"] = false;
        if (options.ChatTemplate is not null) config["chat_template"] = options.ChatTemplate;
        return config;
    }
}
