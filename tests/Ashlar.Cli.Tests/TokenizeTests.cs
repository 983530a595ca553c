using System.Text.Json;
using Ashlar.Cli.Tests.Running;
using Ashlar.Testing;

namespace Ashlar.Cli.Tests;

public class TokenizeTests
{
    private static string Llama => Conformance.Path("tokenizers", "ggml-vocab-llama-bpe.gguf");

    [Fact]
    public async Task A_vocabulary_without_weights_tokenizes_to_one_line_of_ids()
    {
        var outcome = await AshlarProcess.Run("tokenize", Llama, "Hello world");
        Assert.Equal("9906 1917\n", outcome.Done().Text);
    }

    [Theory]
    [InlineData("Hello world", "[128000,9906,1917]", "--special")]
    [InlineData("<|eot_id|>", "[128009]", "--parse-special")]
    [InlineData("", "[]")]
    public async Task Special_tokens_are_added_and_read_only_where_it_is_asked_for(
        string text, string expected, params string[] options)
    {
        var outcome = await AshlarProcess.Run(["tokenize", Llama, text, "--json", .. options]);
        Assert.Equal(expected, outcome.Done().Text.TrimEnd('\n'));
    }

    [Fact]
    public async Task Text_that_looks_like_a_special_token_is_text()
    {
        var outcome = await AshlarProcess.Run("tokenize", Llama, "<|eot_id|>", "--json");
        Assert.DoesNotContain(128009, JsonSerializer.Deserialize<int[]>(outcome.Done().Text)!);
    }

    [Fact]
    public async Task Standard_input_is_taken_byte_for_byte()
    {
        var outcome = await AshlarProcess.Run(
            ["tokenize", Llama, "--stdin", "--json"], [0xEF, 0xBB, 0xBF, (byte)'a', 0xFF, (byte)'\r', (byte)'\n']);
        var argument = await AshlarProcess.Run("tokenize", Llama, "a\r\n", "--json");
        Assert.NotEqual(argument.Done().Text, outcome.Done().Text);
        Assert.Contains("64,187,", outcome.Text, StringComparison.Ordinal); // 'a', then the byte FF as it is
    }
}
