using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests;

public sealed class TokenizerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ashlar-vocabulary-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("vocabulary.gguf")]
    [InlineData("folder")]
    public async Task A_vocabulary_is_trained_written_and_read_again(string output)
    {
        var text = Path.Combine(_folder.FullName, "text.txt");
        await File.WriteAllTextAsync(text, string.Concat(Enumerable.Repeat("the cat sat on the mat ", 20)),
            TestContext.Current.CancellationToken);
        var path = Path.Combine(_folder.FullName, output);
        var outcome = await AshlarProcess.Run(
            "tokenizer", "train", text, "--vocab-size", "262", "--special", "<|end|>", "--eos", "<|end|>", "--pre-tokenizer",
            "qwen2",
            "--threads", "2", "--out", path);
        Assert.Contains("262 tokens", outcome.Done().Text, StringComparison.Ordinal);
        var ids = await AshlarProcess.Run("tokenize", path, "the mat<|end|>", "--parse-special", "--json");
        Assert.EndsWith(",261]", ids.Done().Text.TrimEnd('\n'), StringComparison.Ordinal);
        Assert.True(ids.Text.Split(',').Length < 8, ids.Text);
    }

    [Fact]
    public async Task A_text_with_too_few_pairs_gives_fewer_tokens_and_says_so()
    {
        var text = Path.Combine(_folder.FullName, "text.txt");
        await File.WriteAllTextAsync(text, "abab", TestContext.Current.CancellationToken);
        var outcome = await AshlarProcess.Run("tokenizer", "train", text, "--vocab-size", "300", "--out",
            Path.Combine(_folder.FullName, "v.gguf"));
        outcome.Succeeded();
        Assert.Contains("of 300 tokens there are 257", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--vocab-size", "--out", "x.gguf")]
    [InlineData(2, "--out", "--vocab-size", "300")]
    [InlineData(2, "tokenizer.json", "--vocab-size", "300", "--out", "tokenizer.json")]
    [InlineData(2, "gpt-9", "--vocab-size", "300", "--out", "x.gguf", "--pre-tokenizer", "gpt-9")]
    [InlineData(1, "no-such-file", "--vocab-size", "300", "--out", "x.gguf")]
    [InlineData(2, "the vocabulary size is 10", "--vocab-size", "10", "--out", "x.gguf")]
    public async Task What_is_wrong_is_named(int code, string named, params string[] options)
    {
        var outcome = await AshlarProcess.Run(["tokenizer", "train", "no-such-file.txt", .. options]);
        outcome.Failed(code, named);
    }
}
