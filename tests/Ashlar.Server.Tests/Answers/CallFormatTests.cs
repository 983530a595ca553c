using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Server.Anthropic;
using Ashlar.Server.Chat;
using Ashlar.Server.Ollama;
using Ashlar.Server.Responses;

namespace Ashlar.Server.Tests.Answers;

/// <summary>Thought, text and calls of one output, in the words of every protocol, whole and streamed.</summary>
public class CallFormatTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string WeatherArguments = """{"city": "Jena", "days": [1, 2]}""";

    [Fact]
    public async Task Chat_tells_calls_and_reasoning()
    {
        var message = JsonNode.Parse(await Tell(new ChatFormat(new(false), null)))!["choices"]![0]!;
        Assert.Equal("tool_calls", message.Text("finish_reason"));
        Assert.Equal(("Hm.", "I look."), (message.Text("message", "reasoning_content")!.Trim(), message.Text("message", "content")!.Trim()));
        Assert.Equal(("weather", "now"), (Call(0, "name"), Call(1, "name")));
        SameJson(WeatherArguments, Call(0, "arguments")!);

        var deltas = Requests.Events(await Tell(new ChatFormat(new(true), null), isStreamed: true))
            .Select(static chunk => chunk["choices"]![0]!).ToList();
        Assert.Equal(message.Text("message", "content"), Join("content"));
        Assert.Equal(message.Text("message", "reasoning_content"), Join("reasoning_content"));
        var calls = deltas.Select(static delta => delta["delta"]!["tool_calls"]?[0]).OfType<JsonNode>().ToList();
        Assert.Equal(["weather", "now"], calls.Select(static call => call.Text("function", "name")).OfType<string>());
        Assert.Equal(2, calls.Select(static call => call.Text("id")).OfType<string>().Distinct().Count());
        foreach (var index in (int[])[0, 1])
        {
            Assert.Equal(Call(index, "arguments"), string.Concat(
                calls.Where(call => call["index"]!.GetValue<int>() == index).Select(static call => call.Text("function", "arguments"))));
        }

        Assert.Equal("tool_calls", deltas[^1].Text("finish_reason"));

        string? Call(int index, string field) => message.Text("message", "tool_calls", $"{index}", "function", field);
        string Join(string field) => string.Concat(deltas.Select(delta => delta.Text("delta", field)));
    }

    [Fact]
    public async Task Responses_tell_an_item_each_and_remember_them()
    {
        var store = new ResponseStore();
        var whole = JsonNode.Parse(await Tell(new ResponseFormat(Request(), store)))!;
        var output = whole["output"]!.AsArray();
        Assert.Equal(["reasoning", "message", "function_call", "function_call"], output.Select(static item => item.Text("type")));
        Assert.Equal("Hm.", output[0].Text("content", "0", "text")!.Trim());
        SameJson(WeatherArguments, output[2].Text("arguments")!);
        Assert.Equal("completed", whole.Text("status"));
        Assert.True(whole["usage"]!["output_tokens_details"]!["reasoning_tokens"]!.GetValue<int>() > 0);
        Assert.Equal(JsonNode.Parse(store.Find(whole.Text("id")!, 0)!.Response.Span)!.ToJsonString(), whole.ToJsonString());
        var kept = JsonNode.Parse(store.Find(whole.Text("id")!, 0)!.Messages.Span)!.AsArray();
        Assert.Equal("weather", kept[^1].Text("tool_calls", "0", "function", "name"));

        var events = EventText.Named(await Tell(new ResponseFormat(Request(), new()), isStreamed: true));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(static e => e.Data["sequence_number"]!.GetValue<int>()));
        Assert.Equal(4, events.Count(static e => e.Name == "response.output_item.added"));
        var done = events.Where(static e => e.Name == "response.output_item.done").Select(static e => e.Data["item"]!).ToList();
        Assert.Equal(Without(output), Without(done));
        Assert.Equal(Without(output), Without(events[^1].Data["response"]!["output"]!.AsArray()));
        foreach (var (index, item) in done.Index())
        {
            var deltas = string.Concat(events.Where(e => e.Name.EndsWith(".delta", StringComparison.Ordinal)
                && e.Data["output_index"]!.GetValue<int>() == index).Select(static e => e.Data.Text("delta")));
            Assert.Equal(item.Text("arguments") ?? item.Text("content", "0", "text"), deltas);
        }
    }

    [Fact]
    public async Task Messages_tell_a_block_each()
    {
        var whole = JsonNode.Parse(await Tell(new AnthropicFormat()))!;
        var content = whole["content"]!.AsArray();
        Assert.Equal(["thinking", "text", "tool_use", "tool_use"], content.Select(static block => block.Text("type")));
        Assert.Equal(("tool_use", "Jena"), (whole.Text("stop_reason"), content[2].Text("input", "city")));
        Assert.Equal(("5", "2"), (whole.Text("usage", "input_tokens"), whole.Text("usage", "cache_read_input_tokens")));

        var events = EventText.Named(await Tell(new AnthropicFormat(), isStreamed: true));
        var starts = events.Where(static e => e.Name == "content_block_start").ToList();
        Assert.Equal([0, 1, 2, 3], starts.Select(static e => e.Data["index"]!.GetValue<int>()));
        Assert.Equal("{}", starts[2].Data["content_block"]!["input"]!.ToJsonString());
        foreach (var (index, block) in content.Index())
        {
            var deltas = string.Concat(events
                .Where(e => e.Name == "content_block_delta" && e.Data["index"]!.GetValue<int>() == index)
                .Select(static e => e.Data["delta"]!)
                .Select(static delta => delta.Text("partial_json") ?? delta.Text("thinking") ?? delta.Text("text")));
            if (block!["input"] is { } input) SameJson(input.ToJsonString(), deltas);
            else Assert.Equal(block.Text("thinking") ?? block.Text("text"), deltas);
        }

        Assert.Equal("tool_use", events[^2].Data.Text("delta", "stop_reason"));
    }

    [Fact]
    public async Task Ollama_tells_calls_whole()
    {
        var message = JsonNode.Parse(await Tell(new OllamaFormat(isChat: true)))!["message"]!;
        Assert.Equal(("weather", "Jena"), (message.Text("tool_calls", "0", "function", "name"), message.Text("tool_calls", "0", "function", "arguments", "city")));
        Assert.Equal("Hm.", message.Text("thinking")!.Trim());

        var lines = (await Tell(new OllamaFormat(isChat: true), isStreamed: true)).Split('\n')[..^1].Select(static line => JsonNode.Parse(line)!).ToList();
        var calls = lines.Select(static line => line["message"]!["tool_calls"]?.AsArray()).OfType<JsonArray>().ToList();
        Assert.Equal(["weather", "now"], calls.Select(static call => Assert.Single(call).Text("function", "name")));
        Assert.Equal("stop", lines[^1].Text("done_reason"));
    }

    [Fact]
    public async Task A_call_that_was_cut_off_is_told_as_far_as_it_goes_and_never_as_broken_JSON()
    {
        var chat = JsonNode.Parse(await Tell(new ChatFormat(new(false), null), ScriptedAnswer.CutOff, FinishReason.Length))!["choices"]![0];
        Assert.Equal("length", chat.Text("finish_reason"));
        Assert.StartsWith("{\"city\": \"Je", chat.Text("message", "tool_calls", "0", "function", "arguments"), StringComparison.Ordinal);
        var anthropic = JsonNode.Parse(await Tell(new AnthropicFormat(), ScriptedAnswer.CutOff, FinishReason.Length));
        Assert.Equal(("max_tokens", "{}"), (anthropic.Text("stop_reason"), anthropic!["content"]![1]!["input"]!.ToJsonString()));
        var response = JsonNode.Parse(await Tell(new ResponseFormat(Request(), new()), ScriptedAnswer.CutOff, FinishReason.Length));
        Assert.Equal(("incomplete", "incomplete"), (response.Text("status"), response.Text("output", "1", "status")));
        Assert.NotNull(JsonNode.Parse(await Tell(new OllamaFormat(isChat: true), ScriptedAnswer.CutOff, FinishReason.Length)));
    }

    private static ResponseRequest Request() => new() { Owner = 0, Temperature = 1, TopP = 1, InputItems = [], Messages = [] };

    // Ids of calls are made anew each time.
    private static string Without(IEnumerable<JsonNode?> items) => string.Join('\n', items.Select(static item =>
    {
        var copy = item!.DeepClone().AsObject();
        copy.Remove("call_id");
        return copy.ToJsonString();
    }));

    private static void SameJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"{expected} is not {actual}");

    private Task<string> Tell(
        Server.Answers.AnswerFormat format, string output = ScriptedAnswer.Calls, FinishReason reason = FinishReason.Stop, bool isStreamed = false) =>
        ScriptedAnswer.TellAsync(stories.Engine, format, output, isStreamed, reason);
}
