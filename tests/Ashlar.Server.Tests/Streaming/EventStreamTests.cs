using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ashlar.Server.Tests.Streaming;

public partial class EventStreamTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chat_events_are_framed_to_the_byte()
    {
        var (response, text) = await stories.Client.SendAsync(
            "/v1/chat/completions",
            """{"messages": [{"role": "user", "content": "Once upon a"}], "stream": true, "max_tokens": 2, "temperature": 0, "stop_token_ids": [], "stream_options": {"include_usage": true}}""");
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.True(response.Headers.CacheControl!.NoCache);
        Assert.Equal(
            """
            data: {"id":"chatcmpl-ID","object":"chat.completion.chunk","created":NOW,"model":"stories260K","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}

            data: {"id":"chatcmpl-ID","object":"chat.completion.chunk","created":NOW,"model":"stories260K","choices":[{"index":0,"delta":{"content":" time,"},"logprobs":null,"finish_reason":null}],"usage":null}

            data: {"id":"chatcmpl-ID","object":"chat.completion.chunk","created":NOW,"model":"stories260K","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}],"usage":null}

            data: {"id":"chatcmpl-ID","object":"chat.completion.chunk","created":NOW,"model":"stories260K","choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6,"prompt_tokens_details":{"cached_tokens":SOME}}}

            data: [DONE]


            """,
            Joined(Masked(text)));
    }

    [Fact]
    public async Task Completion_events_are_framed_to_the_byte()
    {
        var (_, text) = await stories.Client.SendAsync(
            "/v1/completions", """{"prompt": "Once upon a", "stream": true, "max_tokens": 2, "temperature": 0, "echo": true}""");
        Assert.Equal(
            """
            data: {"id":"cmpl-ID","object":"text_completion","created":NOW,"model":"stories260K","choices":[{"index":0,"text":"Once upon a time,","logprobs":null,"finish_reason":null}]}

            data: {"id":"cmpl-ID","object":"text_completion","created":NOW,"model":"stories260K","choices":[{"index":0,"text":"","logprobs":null,"finish_reason":"length"}]}

            data: [DONE]


            """,
            Joined(Masked(text)));
    }

    [Fact]
    public async Task Text_with_line_breaks_quotes_and_marks_of_markup_stays_on_one_line_unescaped()
    {
        var (_, text) = await stories.Client.SendAsync(
            "/v1/completions",
            """{"prompt": "é <b>\n\"&\u2028😀", "stream": true, "max_tokens": 1, "echo": true, "temperature": 0}""");
        var first = Requests.Events(text)[0]["choices"]![0]!["text"]!.GetValue<string>();
        Assert.StartsWith("é <b>\n\"&\u2028😀", first, StringComparison.Ordinal);
        Assert.Contains("<b>\\n\\\"&", text, StringComparison.Ordinal);
        Assert.All(
            text.Split('\n'), static line =>
                Assert.True(line.Length == 0 || line.StartsWith("data: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task All_events_of_an_answer_carry_one_id_and_time()
    {
        var (_, text) = await stories.Client.SendAsync(
            "/v1/completions", """{"prompt": ["a", "b"], "stream": true, "max_tokens": 8}""");
        Assert.Single(
            Requests.Events(text).Select(
                static chunk => (chunk["id"]!.GetValue<string>(), chunk["created"]!.GetValue<long>())).Distinct());
    }

    [Fact]
    public async Task An_error_in_mid_stream_is_an_event_that_ends_the_stream_without_the_mark_of_completion()
    {
        await using var engine = StoriesServer.LoadEngine(new() { Threads = 1, ContextLength = 16384 });
        await using var server = await AshlarServer.StartAsync(engine, new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = Requests.Json("""{"prompt": "", "stream": true, "max_tokens": 16000, "ignore_eos": true}"""),
        };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        response.EnsureSuccessStatusCode();
        await engine.DisposeAsync(); // the engine goes while it generates

        var events = (await response.Content.ReadAsStringAsync(Cancelled)).Split("\n\n");
        Assert.Equal("", events[^1]);
        var error = JsonNode.Parse(events[^2]["data: ".Length..])!["error"]!;
        Assert.Equal("server_error", error["type"]!.GetValue<string>());
        Assert.DoesNotContain("data: [DONE]", events);
    }

    [Fact]
    public async Task A_slow_reader_gets_everything_and_holds_up_nobody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = Requests.Json(
                """{"prompt": "", "stream": true, "max_tokens": 400, "temperature": 0, "ignore_eos": true}"""),
        };
        using var response = await stories.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        var stream = await response.Content.ReadAsStreamAsync(Cancelled);

        // Another is served to its end while the first is not read at all.
        var other = await stories.Client.AskAsync(
            "/v1/completions", """{"prompt": "", "max_tokens": 400, "temperature": 0, "ignore_eos": true}""");

        var bytes = new List<byte>();
        var buffer = new byte[997];
        for (int count; (count = await stream.ReadAsync(buffer, Cancelled)) > 0;)
        {
            bytes.AddRange(buffer.AsSpan(0, count));
            await Task.Delay(1, Cancelled);
        }

        Assert.Equal(other["choices"]![0]!["text"]!.GetValue<string>(), Requests.TextOf(Encoding.UTF8.GetString([.. bytes])));
    }

    private static string Masked(string text) =>
        Cached().Replace(Created().Replace(Id().Replace(text, "-ID\""), "\"created\":NOW"), "\"cached_tokens\":SOME");

    // How many tokens an event carries depends on who is faster; the events between are joined into one.
    private static string Joined(string events)
    {
        const string Pattern = "(\"content\"|\"text\"):\"([^\"]+)\"";
        var lines = new List<string>();
        foreach (var line in events.Split("\n\n"))
        {
            var match = Regex.Match(line, Pattern);
            if (match.Success && lines.Count > 0 && Regex.Match(lines[^1], Pattern) is { Success: true } before)
            {
                lines[^1] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line[..match.Groups[2].Index]}{before.Groups[2].Value}{line[match.Groups[2].Index..]}");
            }
            else
            {
                lines.Add(line);
            }
        }

        return string.Join("\n\n", lines);
    }

    [GeneratedRegex("\"cached_tokens\":[0-9]+")]
    private static partial Regex Cached();

    [GeneratedRegex("-[0-9a-f]{32}\"")]
    private static partial Regex Id();

    [GeneratedRegex("\"created\":[0-9]{10}")]
    private static partial Regex Created();
}
