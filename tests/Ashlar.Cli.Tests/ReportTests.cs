using System.Text;
using System.Text.Json;
using Ashlar.Cli.Tests.Running;
using Ashlar.Tensors.Runtime;
using Ashlar.Testing;

namespace Ashlar.Cli.Tests;

public class ReportTests
{
    private const string Tiny = "synthetic:llama-tiny:q8_0";

    [Fact]
    public async Task A_bench_reports_the_agreed_fields()
    {
        var outcome = await AshlarProcess.Run("bench", Tiny, "-p", "40", "-n", "6", "-b", "1,3", "-t", "1", "--json");
        using var json = JsonDocument.Parse(outcome.Done().Output);
        var report = json.RootElement;
        Assert.Equal(
            [
                "model", "threads", "isa", "prompt_tokens", "prefill_tokens_per_second", "generated_tokens",
                "decode_tokens_per_second",
                "peak_memory_bytes", "batches",
            ],
            report.EnumerateObject().Select(field => field.Name));
        Assert.Equal(Tiny, report.GetProperty("model").GetString());
        Assert.Equal(
            [1, 40, 6],
            ((string[])["threads", "prompt_tokens", "generated_tokens"]).Select(name => report.GetProperty(name).GetInt32()));
        Assert.True(report.GetProperty("prefill_tokens_per_second").GetDouble() > 0);
        Assert.True(report.GetProperty("decode_tokens_per_second").GetDouble() > 0);
        Assert.InRange(report.GetProperty("peak_memory_bytes").GetInt64(), 1 << 20, 1L << 40);
        Assert.Equal(
            [1, 3], report.GetProperty("batches").EnumerateArray().Select(batch => batch.GetProperty("batch").GetInt32()));
        Assert.All(
            report.GetProperty("batches").EnumerateArray(),
            batch => Assert.True(batch.GetProperty("decode_tokens_per_second").GetDouble() > 0));
    }

    [Fact]
    public async Task A_bench_without_a_prompt_measures_decoding_alone()
    {
        var outcome = await AshlarProcess.Run("bench", Tiny, "-p", "0", "-n", "4", "--json");
        using var json = JsonDocument.Parse(outcome.Done().Output);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("prefill_tokens_per_second").ValueKind);
        Assert.True(json.RootElement.GetProperty("decode_tokens_per_second").GetDouble() > 0);
        Assert.False(json.RootElement.TryGetProperty("batches", out _));
    }

    [Fact]
    public async Task A_bench_that_generates_nothing_measures_the_prompt_alone()
    {
        var outcome = await AshlarProcess.Run("bench", Tiny, "-p", "4", "-n", "0", "--json");
        using var json = JsonDocument.Parse(outcome.Done().Output);
        Assert.True(json.RootElement.GetProperty("prefill_tokens_per_second").GetDouble() > 0);
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("decode_tokens_per_second").ValueKind);
    }

    [Fact]
    public async Task A_driven_bench_answers_every_line_with_what_was_asked_for()
    {
        var lines = "prefill 40\ndecode 3 40\ndecode 5 20\nbatch 4 2 8\n"u8.ToArray();
        var outcome = await AshlarProcess.Run(["bench", Tiny, "-t", "1", "--drive"], lines);
        var answers = outcome.Done().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal([40, 3, 5, 8], answers.Select(answer => answer.GetProperty("tokens").GetInt32()));
        Assert.All(answers, answer => Assert.True(answer.GetProperty("seconds").GetDouble() > 0));
    }

    [Theory]
    [InlineData("decode 3")]
    [InlineData("prefill 0")]
    [InlineData("guess 3")]
    public async Task A_driven_bench_names_the_line_that_it_cannot_do(string line)
    {
        var outcome = await AshlarProcess.Run(["bench", Tiny, "--drive"], Encoding.UTF8.GetBytes(line));
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains($"'{line}'", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_described_by_its_sizes_formats_and_metadata()
    {
        var outcome = await AshlarProcess.Run(
            "inspect", Conformance.Path("architectures", "llama-moe.gguf"), "--json", "--tensors");
        using var json = JsonDocument.Parse(outcome.Done().Output);
        var report = json.RootElement;
        Assert.Equal("llama", report.GetProperty("architecture").GetString());
        Assert.True(report.GetProperty("can_run").GetBoolean());
        var tensors = report.GetProperty("tensors").EnumerateArray().ToArray();
        Assert.Equal(
            report.GetProperty("parameters").GetInt64(), tensors.Sum(tensor => tensor.GetProperty("elements").GetInt64()));
        Assert.Equal(
            report.GetProperty("bytes").GetInt64(),
            report.GetProperty("types").EnumerateArray().Sum(type => type.GetProperty("bytes").GetInt64()));
        Assert.Equal("llama", report.GetProperty("metadata").GetProperty("general.architecture").GetString());
        Assert.Equal(JsonValueKind.Null, report.GetProperty("tokenizer").ValueKind);
    }

    [Theory]
    [InlineData("architectures", "falcon-dense.gguf", "falcon")]
    [InlineData("tokenizers", "ggml-vocab-bert-bge.gguf", "bert")]
    public async Task A_file_that_cannot_be_run_is_described_all_the_same(string folder, string name, string architecture)
    {
        var outcome = await AshlarProcess.Run("inspect", Conformance.Path(folder, name), "--json");
        using var json = JsonDocument.Parse(outcome.Done().Output);
        Assert.False(json.RootElement.GetProperty("can_run").GetBoolean());
        Assert.NotEqual("", json.RootElement.GetProperty("problem").GetString());
        Assert.Equal(architecture, json.RootElement.GetProperty("architecture").GetString());
    }

    [Fact]
    public async Task Long_arrays_of_the_metadata_are_shortened()
    {
        var outcome = await AshlarProcess.Run("inspect", Conformance.Path("tokenizers", "ggml-vocab-llama-bpe.gguf"));
        Assert.Contains("String[128256] [\"!\",", outcome.Done().Text, StringComparison.Ordinal);
        Assert.InRange(outcome.Text.Length, 100, 10_000);
    }

    [Theory]
    [InlineData("text", "%0 = ")]
    [InlineData("dot", "digraph {")]
    public async Task The_graph_of_a_model_is_shown(string form, string beginning)
    {
        var outcome = await AshlarProcess.Run("inspect", Tiny, "--graph", form);
        Assert.StartsWith(beginning, outcome.Done().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_synthetic_model_that_was_written_is_the_same_model()
    {
        using var folder = new TemporaryFolder();
        var written = await AshlarProcess.Run("inspect", Tiny, "--write", folder.File("tiny.gguf"));
        written.Succeeded();
        string[] options = ["hello", "-n", "12", "--temp", "0"];
        var fromFile = await AshlarProcess.Run(["run", folder.File("tiny.gguf"), .. options]);
        var inMemory = await AshlarProcess.Run(["run", Tiny, .. options]);
        Assert.Equal(inMemory.Done().Output, fromFile.Done().Output);
    }

    [Fact]
    public async Task A_text_that_a_model_knows_by_heart_is_less_perplexing_than_the_same_words_in_disorder()
    {
        using var folder = new TemporaryFolder();
        var story = await File.ReadAllTextAsync(
            Conformance.Path("stories260k", "expected.txt"), TestContext.Current.CancellationToken);
        var disorder = string.Join(' ', story.Split(' ').Order(StringComparer.Ordinal));
        var known = await Measure(story);
        var unknown = await Measure(disorder);
        Assert.InRange(known.Perplexity, 1, 3);
        Assert.True(unknown.Perplexity > 10 * known.Perplexity, $"{unknown.Perplexity} against {known.Perplexity}");
        Assert.InRange(known.Error, 0.001, 1);
        Assert.Equal(known.Scored, known.Windows * (64 / 2 - 1));

        async Task<(double Perplexity, double Error, int Scored, int Windows)> Measure(string text)
        {
            var outcome = await AshlarProcess.Run(
                "perplexity", Conformance.Path("stories260k", "stories260K.gguf"), "--file", folder.Write("text.txt", text),
                "-c", "64", "--json");
            using var json = JsonDocument.Parse(outcome.Done().Output);
            var report = json.RootElement;
            return (report.GetProperty("perplexity").GetDouble(), report.GetProperty("standard_error").GetDouble(),
                report.GetProperty("scored_tokens").GetInt32(), report.GetProperty("windows").GetInt32());
        }
    }

    [Fact]
    public async Task A_text_too_short_for_a_window_is_refused()
    {
        using var folder = new TemporaryFolder();
        var outcome = await AshlarProcess.Run("perplexity", Tiny, "--file", folder.Write("text.txt", "short"));
        outcome.Failed(1, "text.txt", "--ctx-size");
    }

    [Fact]
    public async Task The_machine_is_described()
    {
        using var folder = new TemporaryFolder();
        var outcome = await AshlarProcess.Run(["doctor", "--json"], [], ("ASHLAR_HOME", folder.Path));
        using var json = JsonDocument.Parse(outcome.Done().Output);
        var report = json.RootElement;
        Assert.Equal(folder.Path, report.GetProperty("home").GetString());
        Assert.True(report.GetProperty("home_free_bytes").GetInt64() > 0);
        Assert.True(report.GetProperty("processor").GetProperty("logical_processors").GetInt32() > 0);
        Assert.Equal(ComputeDevice.Backend, report.GetProperty("uses").GetProperty("backend").GetString());
        Assert.Equal(ComputeDevice.InstructionSet, report.GetProperty("uses").GetProperty("isa").GetString());
        if (OperatingSystem.IsLinux()) Assert.True(report.GetProperty("memory").GetProperty("total_bytes").GetInt64() > 1 << 26);

        var text = Encoding.UTF8.GetString((await AshlarProcess.Run("doctor")).Done().Output);
        foreach (var name in (string[])["processor", "memory", "run-time code", "home", "computes with"])
        {
            Assert.Contains(name, text, StringComparison.Ordinal);
        }
    }
}
