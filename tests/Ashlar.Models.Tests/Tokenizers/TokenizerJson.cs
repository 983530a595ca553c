using System.Text.Json.Nodes;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;

namespace Ashlar.Models.Tests.Tokenizers;

/// <summary>Writes the tokenizer.json that a family publishes, with the vocabulary of a GGUF file.</summary>
internal static class TokenizerJson
{
    public const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Loads a tokenizer from JSON text, through a folder of its own.</summary>
    public static Tokenizer Load(string json, params (string Name, string Text)[] others)
    {
        var folder = Directory.CreateTempSubdirectory("ashlar-tokenizer-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "tokenizer.json"), json);
            foreach (var (name, text) in others) File.WriteAllText(Path.Combine(folder.FullName, name), text);
            return Tokenizer.FromHuggingFace(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static string ByteLevel(
        GgufMetadata gguf, string? pattern, string? normalizer = null, bool ignoreMerges = false, bool pairs = false)
    {
        var byteLevel = Parse("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}""");
        byteLevel["use_regex"] = pattern is null;
        var stages = pattern is null
            ? byteLevel
            : new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(Split(pattern), byteLevel) };
        var merges = gguf.GetStrings("tokenizer.ggml.merges")
            .Select(merge => pairs ? Pair(merge) : (JsonNode?)JsonValue.Create(merge));
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = Added(gguf),
            ["normalizer"] = normalizer is null ? null : Parse($$"""{"type":"{{normalizer}}"}"""),
            ["pre_tokenizer"] = stages,
            ["decoder"] = Parse("""{"type":"ByteLevel"}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["ignore_merges"] = ignoreMerges,
                ["vocab"] = Vocab(gguf),
                ["merges"] = new JsonArray([.. merges]),
            },
        }.ToJsonString();
    }

    /// <summary>Llama 2: merges made from the scores, spaces by normalizer, bytes for what the vocabulary lacks.</summary>
    public static string Llama2(GgufMetadata gguf)
    {
        var tokens = gguf.GetStrings("tokenizer.ggml.tokens").ToArray();
        var scores = gguf.GetSingles("tokenizer.ggml.scores");
        var ids = tokens.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        var merges = from id in Enumerable.Range(0, tokens.Length)
                     where gguf.GetIntegers<int>("tokenizer.ggml.token_type") is var kinds && kinds[id] == 1
                     from cut in Enumerable.Range(1, Math.Max(0, tokens[id].Length - 1))
                     where ids.ContainsKey(tokens[id][..cut]) && ids.ContainsKey(tokens[id][cut..])
                     orderby scores[id] descending, id
                     select (JsonNode?)JsonValue.Create($"{tokens[id][..cut]} {tokens[id][cut..]}");
        return new JsonObject
        {
            ["added_tokens"] = Added(gguf),
            ["normalizer"] = Parse("""
                {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},
                {"type":"Replace","pattern":{"String":" "},"content":"▁"}]}
                """),
            ["pre_tokenizer"] = null,
            ["post_processor"] = Parse("""
                {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
                "special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}}
                """),
            ["decoder"] = Parse("""
                {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},
                {"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}
                """),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["unk_token"] = "<unk>",
                ["fuse_unk"] = true,
                ["byte_fallback"] = true,
                ["vocab"] = Vocab(gguf),
                ["merges"] = new JsonArray([.. merges]),
            },
        }.ToJsonString();
    }

    public static string Unigram(GgufMetadata gguf)
    {
        var scores = gguf.GetSingles("tokenizer.ggml.scores");
        var vocab = gguf.GetStrings("tokenizer.ggml.tokens")
            .Select((token, id) => (JsonNode?)new JsonArray(token, (double)scores[id]));
        return new JsonObject
        {
            ["added_tokens"] = Added(gguf),
            ["pre_tokenizer"] = Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}"""),
            ["decoder"] = Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "Unigram",
                ["unk_id"] = 0,
                ["byte_fallback"] = true,
                ["vocab"] = new JsonArray([.. vocab]),
            },
        }.ToJsonString();
    }

    public static string Bert(GgufMetadata gguf)
    {
        var vocab = new JsonObject();
        foreach (var (id, token) in gguf.GetStrings("tokenizer.ggml.tokens").Index())
        {
            var kind = gguf.GetIntegers<int>("tokenizer.ggml.token_type")[id];
            vocab[kind != 1 ? token : token.StartsWith('▁') ? token[1..] : "##" + token] = id;
        }

        return new JsonObject
        {
            ["added_tokens"] = Added(gguf),
            ["normalizer"] = Parse(
                """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"""),
            ["pre_tokenizer"] = Parse("""{"type":"BertPreTokenizer"}"""),
            ["post_processor"] = Parse("""{"type":"BertProcessing","sep":["[SEP]",102],"cls":["[CLS]",101]}"""),
            ["decoder"] = Parse("""{"type":"WordPiece","prefix":"##","cleanup":true}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = "[UNK]",
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocab,
            },
        }.ToJsonString();
    }

    public static JsonNode Parse(string json) => JsonNode.Parse(json)!;

    public static JsonObject Split(string regex, string behavior = "Isolated", bool invert = false) => new()
    {
        ["type"] = "Split",
        ["pattern"] = new JsonObject { ["Regex"] = regex },
        ["behavior"] = behavior,
        ["invert"] = invert,
    };

    private static JsonArray Added(GgufMetadata gguf)
    {
        var kinds = gguf.GetIntegers<int>("tokenizer.ggml.token_type");
        var added = from pair in gguf.GetStrings("tokenizer.ggml.tokens").Index()
                    where kinds[pair.Index] is 2 or 3 or 4
                    select (JsonNode?)new JsonObject
                    {
                        ["id"] = pair.Index,
                        ["content"] = pair.Item,
                        ["single_word"] = false,
                        ["lstrip"] = false,
                        ["rstrip"] = false,
                        ["normalized"] = false,
                        ["special"] = kinds[pair.Index] != 4,
                    };
        return new JsonArray([.. added]);
    }

    private static JsonObject Vocab(GgufMetadata gguf)
    {
        var vocab = new JsonObject();
        foreach (var (id, token) in gguf.GetStrings("tokenizer.ggml.tokens").Index()) vocab[token] = id;
        return vocab;
    }

    private static JsonArray Pair(string merge)
    {
        var space = merge.IndexOf(' ', 1);
        return new JsonArray(merge[..space], merge[(space + 1)..]);
    }
}
