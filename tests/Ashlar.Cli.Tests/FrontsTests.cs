using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ashlar.Cli.Tests.Running;
using Ashlar.Engine;
using Ashlar.Testing;
using Microsoft.Extensions.AI;

namespace Ashlar.Cli.Tests;

/// <summary>One engine stands behind every front, so that a seed and a prompt mean one text whichever is asked.</summary>
public class FrontsTests
{
    private const string Prompt = "One day, Lily";
    private const string Template = "{{ bos_token }}{{ messages[-1].content }}";

    public static TheoryData<float, int, float, float> Settings() => new()
    {
        { 0, 0, 1, 0 },
        { 1, 0, 1, 0 },
        { 0.7f, 40, 1, 0 },
        { 1.3f, 0, 0.9f, 0 },
        { 2, 0, 1, 0.05f },
        { 0.9f, 30, 0.8f, 0.02f },
    };

    private static string Stories => Conformance.Path("stories260k", "stories260K.gguf");

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task The_same_seed_and_prompt_give_the_same_text_through_run_a_chat_client_and_the_server_streamed_or_not(
        float temperature, int topK, float topP, float minP)
    {
        var run = await AshlarProcess.Run(
            "run", Stories, Prompt, "-n", "40", "--seed", "42", "--temp", $"{temperature}", "--top-k", $"{topK}",
            "--top-p", $"{topP}", "--min-p", $"{minP}");
        var expected = run.Done().Text;

        using var client = AshlarChatClient.Load(Stories, new() { Template = Template });
        var options = new ChatOptions
        {
            MaxOutputTokens = 40,
            Seed = 42,
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            AdditionalProperties = new() { ["min_p"] = minP },
        };
        Assert.Equal(expected, (await client.GetResponseAsync(Prompt, options, TestContext.Current.CancellationToken)).Text);
        var cancellation = TestContext.Current.CancellationToken;
        var streamed = await client.GetStreamingResponseAsync(Prompt, options, cancellation).ToChatResponseAsync(cancellation);
        Assert.Equal(expected, streamed.Text);

        using var folder = new TemporaryFolder();
        using var server = AshlarProcess.Start("serve", Stories, "--port", "0", "--template", folder.Write("t.jinja", Template));
        using var http = new HttpClient { BaseAddress = new((await server.ReadErrorLine())!.Split(' ')[^1]) };
        foreach (var isStreamed in (bool[])[false, true])
        {
            Assert.Equal(expected, await Ask("v1/completions", new() { ["prompt"] = Prompt }, isStreamed));
            Assert.Equal(expected, await Ask(
                "v1/chat/completions", new() { ["messages"] = new[] { new { role = "user", content = Prompt } } }, isStreamed));
        }

        async Task<string> Ask(string path, Dictionary<string, object> request, bool isStreamed)
        {
            foreach (var (name, value) in (ReadOnlySpan<(string, object)>)
                [("model", "stories260K"), ("max_tokens", 40), ("seed", 42), ("temperature", temperature), ("top_k", topK),
                    ("top_p", topP), ("min_p", minP), ("stream", isStreamed)])
            {
                request.Add(name, value);
            }

            using var response = await http.PostAsJsonAsync(path, request, TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, body);
            return string.Concat((isStreamed ? Events(body) : [body]).Select(Text));
        }
    }

    private static IEnumerable<string> Events(string body) =>
        body.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => line[6..]);

    private static string Text(string json)
    {
        using var document = JsonDocument.Parse(json);
        var choice = document.RootElement.GetProperty("choices")[0];
        if (choice.TryGetProperty("text", out var text)) return text.GetString()!;
        var message = choice.TryGetProperty("delta", out var delta) ? delta : choice.GetProperty("message");
        return message.TryGetProperty("content", out var content) ? content.GetString() ?? "" : "";
    }
}
