using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests;

public class UsageTests
{
    private const string Tiny = "synthetic:llama-tiny:q4_0";

    [Theory]
    [InlineData("a command is missing")]
    [InlineData("'frobnicate'", "frobnicate")]
    [InlineData("MODEL", "run")]
    [InlineData("--temp", "run", Tiny, "x", "--temp", "hot")]
    [InlineData("--temp", "run", Tiny, "x", "--temp", "NaN")]
    [InlineData("--temp", "run", Tiny, "x", "--temp", "2.5")]
    [InlineData("--top-p", "run", Tiny, "x", "--top-p", "0")]
    [InlineData("-n", "run", Tiny, "x", "-n", "-1")]
    [InlineData("-n", "run", Tiny, "x", "-n", "99999999999")]
    [InlineData("--seed", "run", Tiny, "x", "--seed", "1e3")]
    [InlineData("--threads", "run", Tiny, "x", "-t", "0")]
    [InlineData("--frob", "run", Tiny, "x", "--frob")]
    [InlineData("--temp", "chat", "--temp", "hot")]
    [InlineData("--ctx-size", "chat", "-c", "20000000")]
    [InlineData("--ctx-size", "serve", "-c", "20000000", "--port", "0")]
    [InlineData("ashlar-tiny", "serve", "--port", "0", "--max-loaded-memory", "1MiB")]
    [InlineData("--port", "serve", Tiny, "--port", "65536")]
    [InlineData("--otlp-traces-endpoint", "serve", Tiny, "--otlp-traces-endpoint", "localhost:4317")]
    [InlineData("TEXT", "tokenize", Tiny)]
    [InlineData("--stdin", "tokenize", Tiny, "x", "--stdin")]
    [InlineData("--tokens", "logits", Tiny, "--out", "x")]
    [InlineData("'x'", "logits", Tiny, "--tokens", "1 x 3", "--out", "x")]
    [InlineData("1024", "logits", Tiny, "--tokens", "1 1024", "--out", "x")]
    [InlineData("--tokens", "logits", Tiny, "--tokens", " ", "--out", "x")]
    [InlineData("--out", "logits", Tiny, "--tokens", "1")]
    [InlineData("--input", "template", "--file", "x")]
    [InlineData("-b", "bench", Tiny, "-b", "1,,4")]
    [InlineData("-p", "bench", Tiny, "-p", "0", "-n", "0")]
    [InlineData("-b", "bench", Tiny, "-n", "0", "-b", "1")]
    [InlineData("-p", "bench", Tiny, "-p", "20000000")]
    [InlineData("--ctx-size", "run", Tiny, "x", "-c", "20000000")]
    [InlineData("--file", "perplexity", Tiny)]
    [InlineData("svg", "inspect", Tiny, "--graph", "svg")]
    public async Task Wrong_usage_is_one_line_that_names_the_argument(string named, params string[] arguments)
    {
        var outcome = await AshlarProcess.Run(arguments);
        outcome.Failed(2, named, "--help'");
    }

    [Theory]
    [InlineData("run", "--temp", "--seed", "--stop", "--ctx-size")]
    [InlineData("chat", "--system", "--template", "/clear")]
    [InlineData("serve", "--host", "--port", "--api-key", "--template", "--otlp-traces-endpoint")]
    [InlineData("bench", "--prompt-tokens", "--batch", "--json")]
    [InlineData("inspect", "--tensors", "--graph", "--write")]
    [InlineData("tokenize", "--stdin", "--special", "--parse-special")]
    [InlineData("logits", "--tokens", "--out")]
    [InlineData("template", "--file", "--input")]
    [InlineData("perplexity", "--file", "--ctx-size")]
    [InlineData("doctor", "--json")]
    public async Task Every_command_explains_itself(string command, params string[] explained)
    {
        var outcome = await AshlarProcess.Run(command, "--help");
        foreach (var option in explained) Assert.Contains(option, outcome.Done().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_told()
    {
        var outcome = await AshlarProcess.Run("--version");
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", outcome.Done().Text);
    }
}
