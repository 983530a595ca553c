using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests;

public class FailureTests
{
    public static TheoryData<string, string[]> CommandsWithModel() => new()
    {
        { "run", ["hello"] },
        { "tokenize", ["hello"] },
        { "logits", ["--tokens", "1", "--out", "logits.f32"] },
        { "bench", ["-p", "1", "-n", "1"] },
        { "inspect", [] },
    };

    [Theory]
    [MemberData(nameof(CommandsWithModel))]
    public async Task A_file_that_is_not_there_is_one_line_that_names_it(string command, string[] arguments)
    {
        var outcome = await AshlarProcess.Run([command, "no such model.gguf", .. arguments]);
        outcome.Failed(1, "no such model.gguf");
    }

    [Theory]
    [MemberData(nameof(CommandsWithModel))]
    public async Task A_file_that_is_no_model_is_one_line_that_names_it(string command, string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var garbage = folder.Write("garbage.gguf", [.. "GGUF"u8, 3, 0, 0, 0, .. Enumerable.Repeat((byte)0xff, 60)]);
        var outcome = await AshlarProcess.Run([command, garbage, .. arguments]);
        outcome.Failed(1, "garbage.gguf");
    }

    [Theory]
    [InlineData("empty.gguf")]
    [InlineData("")]
    public async Task An_empty_file_and_an_empty_folder_are_no_models(string name)
    {
        using var folder = new TemporaryFolder();
        folder.Write("empty.gguf", "");
        var outcome = await AshlarProcess.Run("run", folder.File(name), "hello");
        outcome.Failed(1, folder.Path);
    }

    [Fact]
    public async Task A_trace_follows_where_it_is_asked_for()
    {
        var outcome = await AshlarProcess.Run("run", "no such model.gguf", "hello", "--verbose");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("   at Ashlar.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_synthetic_model_is_refused_by_naming_those_that_there_are()
    {
        var outcome = await AshlarProcess.Run("run", "synthetic:no-such:q4_0", "hello");
        outcome.Failed(1, "no-such", "llama-3.2-1b");
    }
}
