using System.Net;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Answers;

/// <summary>What an answer tells of its time, where it is asked to.</summary>
public class TimingsTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private static readonly string[] Names =
    [
        "cache_n", "prompt_n", "prompt_ms", "prompt_per_token_ms", "prompt_per_second", "predicted_n", "predicted_ms",
        "predicted_per_token_ms", "predicted_per_second", "draft_n", "draft_n_accepted", "queue_ms", "cache_memory_n",
        "cache_disk_n", "cache_peer_n", "preemptions", "steps", "tokens_per_step", "most_sequences_per_step",
    ];

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"Lily saw a chat\"}], \"max_tokens\": 8")]
    [InlineData("/v1/completions", "\"prompt\": \"Lily saw a completion\", \"max_tokens\": 8")]
    [InlineData("/v1/responses", "\"input\": \"Lily saw a response\", \"max_output_tokens\": 8")]
    [InlineData("/v1/messages", "\"messages\": [{\"role\": \"user\", \"content\": \"Lily saw a message\"}], \"max_tokens\": 8")]
    public async Task Every_protocol_tells_timings_where_they_are_asked_for_and_not_otherwise(string path, string fields)
    {
        Assert.Null((await stories.Client.AskAsync(path, $$"""{ {{fields}}, "temperature": 0, "ignore_eos": true}"""))["timings"]);
        var asked = $$"""{ {{fields}}, "temperature": 0, "ignore_eos": true, "timings": true}""";
        var whole = (await stories.Client.AskAsync(path, asked))["timings"]!.AsObject();
        Assert.Equal(Names, whole.Select(static field => field.Key));
        Assert.Equal(8, whole["predicted_n"]!.GetValue<int>());
        Assert.Equal(1, whole["prompt_n"]!.GetValue<int>()); // the rest was there: it was asked before
        Assert.True(whole["cache_memory_n"]!.GetValue<int>() > 0);
        Assert.Equal(whole["cache_n"]!.GetValue<int>(), whole["cache_memory_n"]!.GetValue<int>());
        Assert.True(whole["prompt_ms"]!.GetValue<double>() > 0);
        var (rate, milliseconds) = (whole["predicted_per_second"]!.GetValue<double>(), whole["predicted_ms"]!.GetValue<double>());
        Assert.Equal(8000 / milliseconds, rate, rate / 100);
        Assert.InRange(whole["steps"]!.GetValue<int>(), 1, 8);

        var (_, events) = await stories.Client.SendAsync(path, asked[..^1] + ", \"stream\": true}");
        var told = Assert.Single(events.Split("\n\n"), static text => text.Contains("\"timings\":", StringComparison.Ordinal));
        Assert.Contains("\"predicted_n\":8", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"Tom and Sue\"}]")]
    [InlineData("/v1/completions", "\"prompt\": \"Tom and Sue\"")]
    public async Task Every_event_of_a_stream_tells_timings_where_that_is_asked_for(string path, string fields)
    {
        var (_, events) = await stories.Client.SendAsync(
            path, $$"""{ {{fields}}, "max_tokens": 20, "stream": true, "timings_per_token": true}""");
        var timings = Requests.Events(events).Select(static told => told["timings"]!).ToList();
        var counts = timings.Select(static told => told["predicted_n"]!.GetValue<int>()).ToList();
        Assert.Equal(counts.Order(), counts);
        Assert.InRange(counts[0], 1, counts[^1]); // a consumer that was kept busy finds several tokens at once
        Assert.Equal(timings[0]["prompt_ms"]!.GetValue<double>(), timings[^1]["prompt_ms"]!.GetValue<double>());
        Assert.All(timings, told => Assert.Equal(Names, told.AsObject().Select(static field => field.Key)));
    }

    [Fact]
    public async Task Several_choices_are_told_together()
    {
        var answer = await stories.Client.AskAsync(
            "/v1/completions", """{"prompt": "Ben", "n": 3, "max_tokens": 5, "ignore_eos": true, "timings": true, "seed": 1}""");
        Assert.Equal(15, answer["timings"]!["predicted_n"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("/v1/completions", "\"prompt\": \"x\", \"timings\": 1", "timings")]
    [InlineData("/v1/completions", "\"prompt\": \"x\", \"timings_per_token\": \"yes\"", "timings_per_token")]
    [InlineData("/v1/responses", "\"input\": \"x\", \"timings_per_token\": true", "timings_per_token")]
    public async Task What_is_no_boolean_or_not_of_this_protocol_is_refused(string path, string fields, string name)
    {
        var (response, text) = await stories.Client.SendAsync(path, $$"""{ {{fields}} }""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(name, JsonNode.Parse(text)!["error"]!["param"]!.GetValue<string>());
    }
}
