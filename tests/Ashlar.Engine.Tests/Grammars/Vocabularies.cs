using System.Text;
using Ashlar.Engine.Grammars;
using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;
using Ashlar.Testing;

namespace Ashlar.Engine.Tests.Grammars;

/// <summary>Vocabularies to try grammars with.</summary>
internal static class Vocabularies
{
    public const int End = 0;
    public const int ToolCall = 1;
    public const int ToolCallEnd = 2;

    private static readonly string[] Pieces =
    [
        "\"", "\":", "\": ", "\",", "\", ", "{\"", "\"}", "},", "}]", "[[", "]]", "[{", "{}", "[]", "null", "true", "false", ": ", ", ",
        "  ", "    ", "\n", "\n  ", "\r\n", "name", "age", "kind", "value", "item", "items", "the", "and", "an", "er", "on", "in", "0.", ".5", "12",
        "123", "00", "-1", "e+", "\\n", "\\u", "\\\"", "\\\\", "é", "ü", "日本", "日", "😀", "a", "ab", "abc", "abcd", "Hello", " world", "hello wor",
        "http", "://", "www.", ".com", "@", "2024", "-01", "T", ":00", "Z", "x", "xy", "<", "<f", "unction", "</", ">", "=", "tool", "_call",
    ];

    private static readonly Lazy<(Tokenizer, TokenTable)> Published = new(() =>
    {
        using var file = GgufFile.Open(Conformance.Path("tokenizers", "ggml-vocab-qwen2.gguf"));
        var tokenizer = Tokenizer.FromGguf(file.Metadata);
        return (tokenizer, new TokenTable(tokenizer));
    });

    /// <summary>
    /// Three special tokens, all bytes, pieces of JSON, parts of characters, two tokens of the same bytes, and one that is
    /// unused.
    /// </summary>
    public static byte[][] SmallTokens { get; } =
    [
        [], [], [],
        .. Enumerable.Range(0, 256).Select(value => (byte[])[(byte)value]),
        .. Pieces.Select(Encoding.UTF8.GetBytes),
        [0xE6, 0x97], [0xA5, (byte)'"'], [0xF0, 0x9F], [0x98, 0x80, (byte)'a'], [(byte)'"', 0xC3], "the"u8.ToArray(), [],
    ];

    public static TokenTable Small { get; } = new(
        SmallTokens.Length, id => SmallTokens[id], [End],
        [(End, "<end>"u8.ToArray()), (ToolCall, "<tool_call>"u8.ToArray()), (ToolCallEnd, "</tool_call>"u8.ToArray())]);

    /// <summary>A published vocabulary of 151,936 tokens; skips the test where it is absent.</summary>
    public static (Tokenizer Tokenizer, TokenTable Table) Real => Published.Value;

    public static CompiledGrammar Compile(GrammarSource source) =>
        GrammarCompiler.Compile(source, Small, TestContext.Current.CancellationToken);

    public static CompiledGrammar CompileSchema(string schema) => Compile(new JsonSchemaGrammar(schema));
}
