using System.Text.Json;
using Ashlar.Cli.Tests.Running;
using Ashlar.Testing;

namespace Ashlar.Cli.Tests;

public class TemplateTests
{
    [Theory]
    [InlineData("meta-llama-Llama-3.2-3B-Instruct")]
    [InlineData("Qwen-Qwen3-0.6B")]
    [InlineData("openai-gpt-oss-120b")]
    public async Task A_published_template_renders_as_its_reference_does(string name)
    {
        var template = Conformance.Path("chat_templates", $"{name}.jinja");
        var all = await File.ReadAllTextAsync(
            Conformance.Path("chat_templates", "cases.json"), TestContext.Current.CancellationToken);
        using var cases = JsonDocument.Parse(all);
        var example = cases.RootElement.EnumerateArray().First(item =>
            item.GetProperty("template").ValueEquals(name)
            && item.TryGetProperty("expected", out var expected) && expected.ValueKind == JsonValueKind.String);
        using var folder = new TemporaryFolder();
        var outcome = await AshlarProcess.Run(
            ["template", "--file", template, "--input", folder.Write("input.json", example.GetProperty("input").GetRawText())],
            [],
            ("ASHLAR_NOW", "2026-11-20T12:00:00"));
        Assert.Equal(example.GetProperty("expected").GetString(), outcome.Done().Text);
    }

    [Theory]
    [InlineData("2026-11-20T12:34:56", "2026-11-20 12:34:56")]
    [InlineData("2026-11-20T12:34:56+05:30", "2026-11-20 12:34:56")]
    [InlineData("2026-11-20", "2026-11-20 00:00:00")]
    public async Task The_fixed_clock_reads_as_it_was_given(string now, string expected)
    {
        using var folder = new TemporaryFolder();
        var template = folder.Write("t.jinja", "{{ strftime_now('%Y-%m-%d %H:%M:%S') }}");
        var outcome = await AshlarProcess.Run(
            ["template", "--file", template, "--input", folder.Write("i.json", "{}")], [], ("ASHLAR_NOW", now));
        Assert.Equal(expected, outcome.Done().Text);
    }

    [Theory]
    [InlineData("{{ 1 +", "{}", "t.jinja")]
    [InlineData("{{ raise_exception('no tools here') }}", "{}", "no tools here")]
    [InlineData("x", "{", "i.json")]
    [InlineData("x", "[1]", "object")]
    public async Task A_template_or_input_that_fails_is_one_line_that_names_it(string template, string input, string named)
    {
        using var folder = new TemporaryFolder();
        var outcome = await AshlarProcess.Run(
            "template", "--file", folder.Write("t.jinja", template), "--input", folder.Write("i.json", input));
        outcome.Failed(1, named);
    }

    [Theory]
    [InlineData("--file")]
    [InlineData("--input")]
    public async Task A_file_without_an_end_is_refused(string option)
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "this system has no /dev/zero");
        using var folder = new TemporaryFolder();
        var (template, variables) = (folder.Write("t.jinja", "x"), folder.Write("v.json", "{}"));
        var outcome = await AshlarProcess.Run(
            "template", "--file", option == "--file" ? "/dev/zero" : template, "--input",
            option == "--input" ? "/dev/zero" : variables);
        outcome.Failed(1, "/dev/zero", "MiB");
    }
}
