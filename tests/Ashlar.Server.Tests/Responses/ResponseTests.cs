using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Responses;

public class ResponseTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Path = "/v1/responses";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_has_the_fields_of_OpenAIs_and_the_text_that_chat_gives()
    {
        var answer = await stories.Client.AskAsync(
            Path,
            """{"model": "stories260K", "input": "Once upon", "max_output_tokens": 5, "temperature": 0, "metadata": {"a": "b"}, "user": "me"}""");
        Assert.StartsWith("resp_", answer.Text("id"), StringComparison.Ordinal);
        Assert.Equal(("response", "incomplete", "max_output_tokens"),
            (answer.Text("object"), answer.Text("status"), answer.Text("incomplete_details", "reason")));
        var item = Assert.Single(answer["output"]!.AsArray())!;
        Assert.Equal(("message", "assistant", "incomplete"), (item.Text("type"), item.Text("role"), item.Text("status")));
        var chat = await stories.Client.AskAsync(
            "/v1/chat/completions",
            """{"messages": [{"role": "user", "content": "Once upon"}], "max_tokens": 5, "temperature": 0}""");
        Assert.Equal(chat.Text("choices", "0", "message", "content"), item.Text("content", "0", "text"));
        Assert.Equal(("5", "b", "me"), (answer.Text("usage", "output_tokens"), answer.Text("metadata", "a"), answer.Text("user")));
        Assert.Equal("0", answer.Text("usage", "output_tokens_details", "reasoning_tokens"));
    }

    [Fact]
    public async Task Events_are_numbered_and_build_the_answer_that_completes_them()
    {
        var (response, text) = await stories.Client.SendAsync(
            Path, """{"input": "Once upon", "max_output_tokens": 12, "temperature": 0, "stream": true}""");
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        var events = EventText.Named(text);
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(static e => e.Data["sequence_number"]!.GetValue<int>()));
        Assert.Equal(
            [
                "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
                "response.output_text.delta", "response.output_text.done", "response.content_part.done",
                "response.output_item.done", "response.incomplete",
            ],
            events.Select(static e => e.Name).Distinct());

        var deltas = string.Concat(events.Where(static e => e.Name.EndsWith(".delta", StringComparison.Ordinal)).Select(static e => e.Data.Text("delta")));
        var whole = events[^1].Data["response"]!;
        Assert.Equal(deltas, whole.Text("output", "0", "content", "0", "text"));
        Assert.Equal(deltas, events.Single(static e => e.Name == "response.output_text.done").Data.Text("text"));
        Assert.Single(events.Select(static e => e.Data.Text("item_id") ?? e.Data.Text("item", "id")).OfType<string>().Distinct());
        Assert.Equal(("in_progress", null), (events[0].Data.Text("response", "status"), events[0].Data.Text("response", "usage")));
        Assert.Empty(events[0].Data["response"]!["output"]!.AsArray());
    }

    [Fact]
    public async Task A_response_is_remembered_gone_on_from_listed_and_forgotten()
    {
        var first = await stories.Client.AskAsync(
            Path, """{"input": "Once upon", "instructions": "Hm. ", "max_output_tokens": 4, "temperature": 0}""");
        var id = first.Text("id")!;
        var kept = await stories.Client.GetStringAsync(new Uri($"{Path}/{id}", UriKind.Relative), Cancelled);
        Assert.Equal(first.ToJsonString(), JsonNode.Parse(kept)!.ToJsonString());
        var items = JsonNode.Parse(await stories.Client.GetStringAsync(new Uri($"{Path}/{id}/input_items", UriKind.Relative), Cancelled));
        Assert.Equal(("list", "Once upon"), (items.Text("object"), items.Text("data", "0", "content", "0", "text")));

        // The second prompt is what the first had, without its instructions, its answer, and the new input.
        var second = await stories.Client.AskAsync(
            Path, $$"""{"input": " and", "previous_response_id": "{{id}}", "max_output_tokens": 6, "temperature": 0}""");
        var said = first.Text("output", "0", "content", "0", "text");
        var direct = await stories.Client.AskAsync(
            "/v1/completions", new JsonObject { ["prompt"] = $"Once upon{said} and", ["max_tokens"] = 6, ["temperature"] = 0 }.ToJsonString());
        Assert.Equal(direct.Text("choices", "0", "text"), second.Text("output", "0", "content", "0", "text"));
        Assert.Equal(id, second.Text("previous_response_id"));

        using var deleted = await stories.Client.DeleteAsync(new Uri($"{Path}/{id}", UriKind.Relative), Cancelled);
        Assert.True(JsonNode.Parse(await deleted.Content.ReadAsStringAsync(Cancelled))!["deleted"]!.GetValue<bool>());
        using var gone = await stories.Client.GetAsync(new Uri($"{Path}/{id}", UriKind.Relative), Cancelled);
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Fact]
    public async Task What_is_not_to_be_stored_is_not()
    {
        var answer = await stories.Client.AskAsync(Path, """{"input": "Once", "store": false, "max_output_tokens": 1}""");
        using var gone = await stories.Client.GetAsync(new Uri($"{Path}/{answer.Text("id")}", UriKind.Relative), Cancelled);
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [Theory]
    [InlineData("""[{"role": "user", "content": "Once upon"}]""")]
    [InlineData("""[{"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Once"}]}, {"role": "user", "content": " upon"}]""")]
    [InlineData("""[{"role": "user", "content": "Once"}, {"type": "reasoning", "id": "rs_1", "summary": []}, {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [{"type": "output_text", "text": " upon", "annotations": [], "logprobs": []}]}]""")]
    [InlineData("""[{"role": "user", "content": "Once"}, {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{\"a\": 1}"}, {"type": "function_call_output", "call_id": "c", "output": " upon"}]""")]
    public async Task Items_reach_the_template(string input)
    {
        var answer = await stories.Client.AskAsync(Path, $$"""{"input": {{input}}, "max_output_tokens": 3, "temperature": 0}""");
        Assert.StartsWith(" a time", answer.Text("output", "0", "content", "0", "text"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "input", "missing_required_parameter")]
    [InlineData("""{"input": []}""", "input", "empty_array")]
    [InlineData("""{"input": 1}""", "input", "invalid_type")]
    [InlineData("""{"input": ["x"]}""", "input[0]", "invalid_type")]
    [InlineData("""{"input": [{"content": "x"}]}""", "input[0].role", "missing_required_parameter")]
    [InlineData("""{"input": [{"type": "item_reference", "id": "x"}]}""", "input[0].type", "unsupported_parameter")]
    [InlineData("""{"input": [{"role": "user", "content": [{"type": "input_image"}]}]}""", "input[0].content[0].type", "unsupported_parameter")]
    [InlineData("""{"input": [{"role": "user", "content": "x", "mood": 1}]}""", "input[0].mood", "unknown_parameter")]
    [InlineData("""{"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "[1]"}]}""", "input[0].arguments", "invalid_value")]
    [InlineData("""{"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{"}]}""", "input[0].arguments", "invalid_value")]
    [InlineData("""{"input": "x", "previous_response_id": "resp_0"}""", "previous_response_id", "response_not_found")]
    [InlineData("""{"input": "x", "truncation": "auto"}""", "truncation", "unsupported_parameter")]
    [InlineData("""{"input": "x", "background": true}""", "background", "unsupported_parameter")]
    [InlineData("""{"input": "x", "include": ["file_search_call.results"]}""", "include[0]", "unsupported_parameter")]
    [InlineData("""{"input": "x", "reasoning": {"effort": "high"}}""", "reasoning.effort", "unsupported_parameter")]
    [InlineData("""{"input": "x", "max_output_tokens": 0}""", "max_output_tokens", "integer_below_min_value")]
    [InlineData("""{"input": "x", "temprature": 0}""", "temprature", "unknown_parameter")]
    public async Task A_wrong_request_is_told_what_is_wrong(string body, string param, string code)
    {
        var (response, text) = await stories.Client.SendAsync(Path, body);
        Assert.True((int)response.StatusCode is 400 or 404, text);
        var error = JsonNode.Parse(text)!["error"];
        Assert.Equal((param, code), (error.Text("param"), error.Text("code")));
    }
}
