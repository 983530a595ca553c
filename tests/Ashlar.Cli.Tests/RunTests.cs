using System.Text;
using Ashlar.Cli.Tests.Running;
using Ashlar.Testing;

namespace Ashlar.Cli.Tests;

public class RunTests
{
    private const string Tiny = "synthetic:llama-tiny:q4_0";

    private static string Stories => Conformance.Path("stories260k", "stories260K.gguf");

    [Fact]
    public async Task A_published_model_tells_its_story_and_nothing_else_is_printed()
    {
        var outcome = await AshlarProcess.Run("run", Stories, "", "-n", "200", "--temp", "0");
        var expected = await File.ReadAllBytesAsync(
            Conformance.Path("stories260k", "expected.txt"), TestContext.Current.CancellationToken);
        Assert.Equal(expected, outcome.Done().Output);
    }

    [Fact]
    public async Task A_prompt_may_come_from_standard_input()
    {
        string[] options = ["-n", "20", "--temp", "0"];
        var argument = await AshlarProcess.Run(["run", Stories, "Lily saw a @cat.\n", .. options]);
        var input = await AshlarProcess.Run(["run", Stories, .. options], "Lily saw a @cat.\n"u8.ToArray());
        Assert.NotEqual("", argument.Done().Text);
        Assert.Equal(argument.Text, input.Done().Text);
    }

    [Fact]
    public async Task The_same_seed_draws_the_same_text_and_another_draws_another()
    {
        var first = await AshlarProcess.Run("run", Stories, "One day", "-n", "40", "--seed", "7");
        var again = await AshlarProcess.Run("run", Stories, "One day", "-n", "40", "--seed", "7", "--threads", "1");
        var other = await AshlarProcess.Run("run", Stories, "One day", "-n", "40", "--seed", "8");
        Assert.Equal(first.Done().Text, again.Done().Text);
        Assert.NotEqual(first.Text, other.Done().Text);
    }

    [Fact]
    public async Task A_stop_text_ends_the_output_and_is_no_part_of_it()
    {
        var outcome = await AshlarProcess.Run(
            "run", Stories, "", "-n", "200", "--temp", "0", "--stop", "never", "--stop", " play");
        Assert.Equal("Once upon a time, there was a little girl named Lily. She loved to", outcome.Done().Text);
    }

    [Fact]
    public async Task Text_comes_while_it_is_generated_and_the_first_interruption_ends_it_with_130()
    {
        using var process = AshlarProcess.Start("run", Tiny, "x", "-n", "100000", "--ignore-eos", "-c", "100100", "--seed", "1");
        var beginning = await process.Read(100);
        process.Interrupt();
        var rest = await process.ReadToEnd();
        Assert.Equal(130, rest.ExitCode);
        Assert.Equal("", rest.Error);
        _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. beginning, .. rest.Output]); // no half character
    }

    [Fact]
    public async Task Output_that_nobody_reads_any_more_ends_it_quietly()
    {
        using var process = AshlarProcess.Start("run", Tiny, "x", "-n", "100000", "--ignore-eos", "-c", "100100", "--seed", "1");
        await process.Read(10);
        process.Output.Close();
        var outcome = await process.WaitForExit();
        Assert.Equal((0, ""), outcome);
    }

    [Fact]
    public async Task A_model_without_a_tokenizer_is_refused_by_naming_it()
    {
        var outcome = await AshlarProcess.Run("run", Conformance.Path("architectures", "llama-dense.gguf"), "hello");
        outcome.Failed(1, "llama-dense", "tokenizer", "ashlar logits");
    }

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_refused_not_cut()
    {
        var outcome = await AshlarProcess.Run(
            "run", Stories, string.Concat(Enumerable.Repeat("once upon a time ", 40)), "-c", "32");
        outcome.Failed(1, "32");
    }
}
