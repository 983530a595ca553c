using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ashlar.Cli.Arguments;
using Ashlar.Cli.Tests.Running;
using Ashlar.Models;

namespace Ashlar.Cli.Tests;

/// <summary>What is said here of ashlar-tiny holds of whatever its recipe makes; <c>judge</c> of the recipe says how well it
/// answers.</summary>
public partial class BuiltInModelTests
{
    private static readonly byte[] Question = "How do I call ashlar serve and set the port?\n"u8.ToArray();
    private static readonly string[] Chat = ["chat", "--temp", "0", "-n", "24"];

    [Fact]
    public void It_is_small_and_can_be_talked_with()
    {
        using var model = LanguageModel.Load(BuiltInModel.Find());
        Assert.Equal("ashlar-tiny", model.Name);
        Assert.NotNull(model.ChatTemplate);
        Assert.InRange(model.Tensors.Values.Sum(tensor => tensor.Elements), 3_500_000, 4_499_999); // it says four million
        Assert.InRange(new FileInfo(BuiltInModel.Path).Length, 1 << 20, 8 << 20);
    }

    [Fact]
    public async Task Chat_answers_without_a_model_and_says_on_standard_error_who_does()
    {
        var outcome = await AshlarProcess.Run(Chat, Question);
        outcome.Succeeded();
        Assert.NotEqual("", outcome.Text.Trim());
        Assert.Matches(Introduction(), outcome.Error);
    }

    [Fact]
    public async Task A_model_that_is_named_answers_the_same_and_nothing_is_said()
    {
        var unnamed = await AshlarProcess.Run(Chat, Question);
        var named = await AshlarProcess.Run([.. Chat, BuiltInModel.Path], Question);
        Assert.Equal(unnamed.Text, named.Done().Text);
    }

    [Theory]
    [InlineData]
    [InlineData("--idle-unload", "60")]
    public async Task It_is_served_without_a_model(params string[] options)
    {
        using var server = AshlarProcess.Start(["serve", "--port", "0", .. options]);
        Assert.Matches(Introduction(), await server.ReadErrorLine() + "\n");
        var line = await server.ReadErrorLine();
        Assert.StartsWith("serving ashlar-tiny on http://127.0.0.1:", line, StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new Uri(line!.Split(' ')[^1]) };
        var list = await client.GetFromJsonAsync<JsonElement>("v1/models", TestContext.Current.CancellationToken);
        Assert.Equal(["ashlar-tiny"], list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));

        var messages = new[] { new { role = "user", content = "Tell me a story about a fox." } };
        var request = new { model = "ashlar-tiny", messages, max_tokens = 8, temperature = 0 };
        using var response = await client.PostAsJsonAsync("v1/chat/completions", request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.NotEqual("", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());

        server.Terminate();
        var outcome = await server.ReadToEnd();
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Text));
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("serve", "--port", "0")]
    public async Task A_program_that_lost_it_names_the_file_and_what_to_do(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(AppContext.BaseDirectory).Where(file => file != BuiltInModel.Path))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        var outcome = await AshlarProcess.RunIn(folder.Path, arguments);
        outcome.Failed(1, folder.File("ashlar-tiny.gguf"), "recipes/ashlar-tiny", "give a MODEL");
    }

    [GeneratedRegex(@"^ashlar-tiny: a model of four million parameters that Ashlar trained itself; .+ Give a MODEL for more\.\n$")]
    private static partial Regex Introduction();
}
