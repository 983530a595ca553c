using System.Text.Json.Nodes;
using Ashlar.Server.Tests.Access;

namespace Ashlar.Server.Tests.Anthropic;

public class MessageTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Path = "/v1/messages";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_has_the_fields_of_Anthropics_and_the_text_that_chat_gives()
    {
        var answer = (await stories.Client.AskAsync(
            Path,
            """{"model": "stories260K", "max_tokens": 5, "temperature": 0, "system": [{"type": "text", "text": "Once", "cache_control": {"type": "ephemeral"}}], "messages": [{"role": "user", "content": " upon"}], "metadata": {"user_id": "me"}}"""))
            .AsObject();
        Assert.Equal(
            ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"], answer.Select(static field => field.Key));
        Assert.Equal(("message", "assistant", "max_tokens"), (answer.Text("type"), answer.Text("role"), answer.Text("stop_reason")));
        var chat = await stories.Client.AskAsync(
            "/v1/chat/completions",
            """{"messages": [{"role": "user", "content": "Once upon"}], "max_tokens": 5, "temperature": 0}""");
        Assert.Equal(chat.Text("choices", "0", "message", "content"), answer.Text("content", "0", "text"));
        Assert.Equal("5", answer.Text("usage", "output_tokens"));
        var input = answer["usage"]!["input_tokens"]!.GetValue<int>() + answer["usage"]!["cache_read_input_tokens"]!.GetValue<int>();
        Assert.Equal(chat["usage"]!["prompt_tokens"]!.GetValue<int>(), input);
    }

    [Theory]
    [InlineData("\"girl\"", "girl")]
    [InlineData("\"xyz\", \"little girl\", \"girl\"", "little girl")]
    [InlineData("\"a\", \"a time\", \"me\"", "a")]
    [InlineData("\"upon a time\", \"time\"", "time")]
    public async Task The_stop_sequence_that_ended_an_answer_is_told(string stops, string matched)
    {
        var answer = await stories.Client.AskAsync(
            Path,
            $$"""{"max_tokens": 60, "temperature": 0, "messages": [{"role": "user", "content": "Once upon"}], "stop_sequences": [{{stops}}]}""");
        Assert.Equal(("stop_sequence", matched), (answer.Text("stop_reason"), answer.Text("stop_sequence")));
    }

    [Fact]
    public async Task Events_start_grow_and_stop_one_block()
    {
        const string Body = """{"max_tokens": 12, "temperature": 0, "messages": [{"role": "user", "content": "Once upon"}]""";
        var whole = await stories.Client.AskAsync(Path, Body + "}");
        var (response, text) = await stories.Client.SendAsync(Path, Body + """, "stream": true}""");
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var events = EventText.Named(text);
        Assert.Equal(
            ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            events.Select(static e => e.Name).Distinct());
        Assert.Equal("", events[1].Data.Text("content_block", "text"));
        Assert.Equal(
            whole.Text("content", "0", "text"),
            string.Concat(events.Where(static e => e.Name == "content_block_delta").Select(static e => e.Data.Text("delta", "text"))));
        Assert.Equal(("max_tokens", "12"), (events[^2].Data.Text("delta", "stop_reason"), events[^2].Data.Text("usage", "output_tokens")));
        Assert.Equal(whole["usage"]!["input_tokens"]!.GetValue<int>() > 0, events[0].Data["message"]!["usage"]!["input_tokens"]!.GetValue<int>() > 0);
    }

    [Theory]
    [InlineData("""[{"role": "user", "content": [{"type": "text", "text": "Once upon"}]}]""")]
    [InlineData("""[{"role": "user", "content": "Once"}, {"role": "assistant", "content": " upon"}]""")]
    [InlineData("""[{"role": "user", "content": "Once"}, {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm", "signature": "x"}, {"type": "tool_use", "id": "t", "name": "f", "input": {"a": [1]}}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [{"type": "text", "text": " upon"}]}]}]""")]
    public async Task Blocks_reach_the_template(string messages)
    {
        var answer = await stories.Client.AskAsync(Path, $$"""{"messages": {{messages}}, "max_tokens": 3, "temperature": 0}""");
        Assert.StartsWith(" a time", answer.Text("content", "0", "text"), StringComparison.Ordinal);
        var count = await stories.Client.AskAsync(Path + "/count_tokens", $$"""{"messages": {{messages}}}""");
        Assert.InRange(count["input_tokens"]!.GetValue<int>(), stories.Engine.Model.Tokenizer!.Encode("Once upon", addSpecial: true).Length, 60);
    }

    [Theory]
    [InlineData("", 400, "invalid_request_error", "JSON")]
    [InlineData("{}", 400, "invalid_request_error", "max_tokens")]
    [InlineData("""{"max_tokens": 5}""", 400, "invalid_request_error", "messages")]
    [InlineData("""{"max_tokens": 5, "messages": []}""", 400, "invalid_request_error", "messages")]
    [InlineData("""{"max_tokens": 5, "messages": [{"role": "user", "content": []}]}""", 400, "invalid_request_error", "content")]
    [InlineData(
        """{"max_tokens": 5, "messages": [{"role": "assistant", "content": [{"type": "redacted_thinking", "data": "x"}]}]}""", 400,
        "invalid_request_error", "messages")]
    [InlineData("""{"max_tokens": 5, "messages": [{"role": "system", "content": "x"}]}""", 400, "invalid_request_error", "role")]
    [InlineData("""{"max_tokens": 5, "messages": [{"role": "user", "content": 1}]}""", 400, "invalid_request_error", "content")]
    [InlineData("""{"max_tokens": 5, "messages": [{"role": "user", "content": [{"type": "image"}]}]}""", 400, "invalid_request_error", "image")]
    [InlineData("""{"max_tokens": 5, "messages": [{"role": "user", "content": "x", "y": 1}]}""", 400, "invalid_request_error", "messages[0].y")]
    [InlineData("""{"max_tokens": 5, "model": "claude", "messages": [{"role": "user", "content": "x"}]}""", 404, "not_found_error", "claude")]
    [InlineData("""{"max_tokens": 5, "messages": [{"role": "user", "content": "x"}], "thinking": {"type": "enabled", "budget_tokens": 9}}""", 400, "invalid_request_error", "thinking")]
    [InlineData("""{"max_tokens": 5, "messages": [{"role": "user", "content": "x"}], "mood": 1}""", 400, "invalid_request_error", "mood")]
    public async Task A_wrong_request_is_told_in_Anthropics_words(string body, int status, string type, string says)
    {
        var (response, text) = await stories.Client.SendAsync(Path, body);
        var error = JsonNode.Parse(text)!;
        Assert.Equal((status, "error", type), ((int)response.StatusCode, error.Text("type"), error.Text("error", "type")));
        Assert.Contains(says, error.Text("error", "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_paths_and_methods_are_told_in_Anthropics_words_as_well()
    {
        using var wrong = await stories.Client.GetAsync(new Uri(Path, UriKind.Relative), Cancelled);
        Assert.Equal(405, (int)wrong.StatusCode);
        Assert.Equal("error", JsonNode.Parse(await wrong.Content.ReadAsStringAsync(Cancelled)).Text("type"));
        using var unknown = await stories.Client.GetAsync(new Uri(Path + "/batches", UriKind.Relative), Cancelled);
        Assert.Equal("not_found_error", JsonNode.Parse(await unknown.Content.ReadAsStringAsync(Cancelled)).Text("error", "type"));
    }

    [Fact]
    public async Task A_key_may_come_in_Anthropics_header()
    {
        await using var locked = new LockedServer();
        await locked.InitializeAsync();
        foreach (var (key, status) in ((string, int)[])[("second-key", 200), ("wrong", 401), ("", 401)])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path)
            {
                Content = Requests.Json("""{"max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}"""),
            };
            request.Headers.TryAddWithoutValidation("x-api-key", key);
            using var response = await locked.Client.SendAsync(request, Cancelled);
            var text = await response.Content.ReadAsStringAsync(Cancelled);
            Assert.Equal(status, (int)response.StatusCode);
            if (status == 401) Assert.Equal("authentication_error", JsonNode.Parse(text).Text("error", "type"));
        }
    }
}
