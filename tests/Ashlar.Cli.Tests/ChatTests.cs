using Ashlar.Cli.Tests.Running;
using Ashlar.Engine;
using Ashlar.Testing;
using Microsoft.Extensions.AI;

namespace Ashlar.Cli.Tests;

public class ChatTests
{
    private const string ContinuesLast = "{{ bos_token }}{{ messages[-1].content }}";
    private const string ShowsAll = "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}";

    private static string Stories => Conformance.Path("stories260k", "stories260K.gguf");

    [Fact]
    public async Task Each_line_is_a_turn_and_answers_alone_go_to_standard_output()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["chat", Stories, "--template", folder.Write("t.jinja", ContinuesLast), "--temp", "0", "-n", "12"];
        var both = await AshlarProcess.Run(arguments, "One day\n\nOnce upon\n"u8.ToArray());
        var first = await AshlarProcess.Run(arguments, "One day\n/exit\nOnce upon\n"u8.ToArray());
        var second = await AshlarProcess.Run(arguments, "Once upon"u8.ToArray());
        Assert.NotEqual("\n", first.Done().Text);
        Assert.Equal(first.Text + second.Done().Text, both.Done().Text);
    }

    [Fact]
    public async Task The_conversation_is_remembered_until_it_is_cleared()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["chat", Stories, "--template", folder.Write("t.jinja", ShowsAll), "--temp", "0", "-n", "12"];
        var fresh = await AshlarProcess.Run(arguments, "Lily\n"u8.ToArray());
        var remembered = await AshlarProcess.Run(arguments, "Tom\nLily\n"u8.ToArray());
        var cleared = await AshlarProcess.Run(arguments, "Tom\n/clear\nLily\n"u8.ToArray());
        var instructed = await AshlarProcess.Run(arguments, "/system Be kind.\nLily\n"u8.ToArray());
        var option = await AshlarProcess.Run([.. arguments, "--system", "Be kind."], "Lily\n"u8.ToArray());
        Assert.EndsWith(fresh.Done().Text, cleared.Done().Text, StringComparison.Ordinal);
        Assert.False(remembered.Done().Text.EndsWith(fresh.Text, StringComparison.Ordinal));
        Assert.Equal(option.Done().Text, instructed.Done().Text);
        Assert.NotEqual(fresh.Text, instructed.Text);
    }

    [Fact]
    public async Task What_a_model_thinks_goes_to_standard_error()
    {
        using var folder = new TemporaryFolder();
        var template = folder.Write("t.jinja", ContinuesLast + "<think>");
        string[] arguments = ["chat", Stories, "--template", template, "--temp", "0", "-n", "12"];
        var outcome = await AshlarProcess.Run(arguments, "One day"u8.ToArray());
        Assert.Equal((0, "\n"), (outcome.ExitCode, outcome.Text));
        Assert.True(outcome.Error.Length > 5 && !outcome.Error.Contains('\e', StringComparison.Ordinal), outcome.Error);
    }

    [Fact]
    public async Task An_interruption_ends_the_answer_and_two_the_program()
    {
        using var folder = new TemporaryFolder();
        using var process = AshlarProcess.Start(
            "chat", Stories, "--template", folder.Write("t.jinja", ContinuesLast), "--seed", "1", "-c", "100000",
            "--presence-penalty", "-2");
        await process.WriteLine("One day");
        await process.Read(20);
        process.Interrupt();
        await process.WriteLine("Once upon");
        await process.Read(20);
        process.Interrupt();
        var end = process.ReadToEnd();
        while (!end.IsCompleted)
        {
            // Two signals of a kind that come at once are one to the system: the second is sent until it counts.
            await Task.Delay(200, TestContext.Current.CancellationToken);
            process.Interrupt();
        }

        var outcome = await end;
        Assert.Equal((130, ""), (outcome.ExitCode, outcome.Error));
    }

    [Fact]
    public async Task A_model_without_a_template_is_refused_by_saying_how_to_give_one()
    {
        var outcome = await AshlarProcess.Run(["chat", Stories], "hello\n"u8.ToArray());
        outcome.Failed(1, "stories260K", "--template");
    }

    [Fact]
    public async Task The_same_seed_and_prompt_give_the_same_text_through_run_and_a_chat_client()
    {
        const string prompt = "One day, Lily";
        var outcome = await AshlarProcess.Run(
            "run", Stories, prompt, "-n", "50", "--seed", "42", "--top-k", "50", "--top-p", "0.95");
        using var client = AshlarChatClient.Load(Stories, new AshlarChatClientOptions { Template = ContinuesLast });
        var answer = await client.GetResponseAsync(
            prompt, new ChatOptions { MaxOutputTokens = 50, Seed = 42, TopK = 50, TopP = 0.95f },
            TestContext.Current.CancellationToken);
        Assert.Equal(answer.Text, outcome.Done().Text);
    }
}
