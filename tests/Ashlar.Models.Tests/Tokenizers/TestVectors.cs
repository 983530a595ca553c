using Ashlar.Models.Gguf;
using Ashlar.Models.Tokenizers;
using Ashlar.Testing;

namespace Ashlar.Models.Tests.Tokenizers;

/// <summary>The published vocabularies and what llama.cpp makes of the test texts with each.</summary>
internal static class TestVectors
{
    public static readonly string[] ByteLevel = ["llama-bpe", "qwen2", "gpt-2", "deepseek-coder"];

    private static readonly Dictionary<string, (Tokenizer Tokenizer, GgufMetadata Metadata)> Loaded = [];

    public static Tokenizer Tokenizer(string name) => Load(name).Tokenizer;

    public static GgufMetadata Metadata(string name) => Load(name).Metadata;

    public static (string Text, int[] Ids)[] Cases(string name)
    {
        var texts = File.ReadAllText(Path(name) + ".inp").Split("\n__ggml_vocab_test__\n");
        var lines = File.ReadAllLines(Path(name) + ".out");
        return [.. lines.Select((line, i) => (texts[i], Numbers(line)))];

        static int[] Numbers(string line) => [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }

    private static string Path(string name) => Conformance.Path("tokenizers", $"ggml-vocab-{name}.gguf");

    private static (Tokenizer Tokenizer, GgufMetadata Metadata) Load(string name)
    {
        lock (Loaded)
        {
            if (!Loaded.TryGetValue(name, out var loaded))
            {
                using var file = GgufFile.Open(Path(name));
                Loaded[name] = loaded = (Ashlar.Models.Tokenizers.Tokenizer.FromGguf(file.Metadata), file.Metadata);
            }

            return loaded;
        }
    }
}
