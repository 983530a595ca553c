using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Answers;

/// <summary>Outputs that are held to a format, and calls that must be made, by every protocol that has them.</summary>
public class FormatTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Messages = "\"messages\": [{\"role\": \"user\", \"content\": \"Once upon\"}]";

    private const string Schema =
        """{"type": "object", "properties": {"color": {"enum": ["red", "green"]}, "big": {"type": "boolean"}}, "required": ["color", "big"], "additionalProperties": false}""";

    [Theory]
    [InlineData(
        "/v1/chat/completions",
        "\"max_tokens\": 300, " + Messages + ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"x\", \"strict\": true, \"schema\": " + Schema + "}}",
        "choices", "0", "message", "content")]
    [InlineData(
        "/v1/chat/completions", "\"max_tokens\": 300, " + Messages + ", \"structured_outputs\": {\"json\": " + Schema + "}",
        "choices", "0", "message", "content")]
    [InlineData("/v1/completions", "\"max_tokens\": 300, \"prompt\": \"Once\", \"guided_json\": " + Schema, "choices", "0", "text")]
    [InlineData(
        "/v1/responses",
        "\"input\": \"Once\", \"text\": {\"format\": {\"type\": \"json_schema\", \"name\": \"x\", \"schema\": " + Schema + "}}",
        "output", "0", "content", "0", "text")]
    [InlineData("/api/chat", "\"stream\": false, " + Messages + ", \"format\": " + Schema, "message", "content")]
    [InlineData("/api/generate", "\"stream\": false, \"prompt\": \"Once\", \"format\": " + Schema, "response")]
    public async Task An_answer_follows_its_schema(string path, string fields, params string[] place)
    {
        for (var seed = 0; seed < 3; seed++)
        {
            var isOllama = path.StartsWith("/api/", StringComparison.Ordinal);
            var sampling = isOllama ? $"\"options\": {{\"seed\": {seed}, \"temperature\": 1}}" : $"\"seed\": {seed}";
            var answer = await stories.Client.AskAsync(path, $"{{{fields}, {sampling}}}");
            var document = JsonNode.Parse(answer.Text(place)!)!.AsObject();
            Assert.Equal(["color", "big"], document.Select(static field => field.Key));
            Assert.Contains(document.Text("color"), (string[])["red", "green"]);
        }
    }

    [Theory]
    [InlineData("\"guided_choice\": [\"yes\", \"no\"]", "^(yes|no)$")]
    [InlineData("\"guided_regex\": \"[a-c]{3}-[0-9]{2}\"", "^[a-c]{3}-[0-9]{2}$")]
    [InlineData("\"guided_grammar\": \"root ::= \\\"a\\\" [x-z] [x-z]\"", "^a[x-z]{2}$")]
    [InlineData("\"structured_outputs\": {\"choice\": [\"1\", \"22\"]}", "^(1|22)$")]
    public async Task A_completion_follows_its_grammar(string format, string pattern)
    {
        var answer = await stories.Client.AskAsync("/v1/completions", $$"""{"prompt": "Once", "max_tokens": 40, {{format}}}""");
        Assert.Matches(pattern, answer.Text("choices", "0", "text")!);
        Assert.Equal("stop", answer.Text("choices", "0", "finish_reason"));
    }

    [Fact]
    public async Task A_tool_that_must_be_called_is_with_arguments_of_its_schema()
    {
        await using var engine = StoriesServer.LoadEngine(new() { Threads = 1, ContextLength = 4096 });
        await using var server = await AshlarServer.StartAsync(
            [new(engine) { ChatTemplate = StoriesServer.Template }], new() { Port = 0 }, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = server.Address };
        const string Function = """ "name": "paint", "description": "Paints.", """;
        foreach (var choice in (string[])["\"required\"", """{"type": "function", "function": {"name": "paint"}}"""])
        {
            var chat = (await client.AskAsync(
                "/v1/chat/completions",
                "{" + Messages + ", \"max_tokens\": 2000, \"seed\": 1, \"tools\": [{\"type\": \"function\", \"function\": {" + Function
                    + "\"parameters\": " + Schema + "}}], \"parallel_tool_calls\": false, \"tool_choice\": " + choice + "}"))["choices"]![0]!;
            Assert.Equal(("tool_calls", "paint"), (chat.Text("finish_reason"), chat.Text("message", "tool_calls", "0", "function", "name")));
            Check(JsonNode.Parse(chat.Text("message", "tool_calls", "0", "function", "arguments")!));
        }

        var response = (await client.AskAsync(
            "/v1/responses",
            "{\"input\": \"Once\", \"seed\": 2, \"tools\": [{\"type\": \"function\", " + Function + "\"parameters\": " + Schema
                + "}], \"tool_choice\": \"required\", \"parallel_tool_calls\": false}"))["output"]!.AsArray();
        Check(JsonNode.Parse(response.Single(static item => item.Text("type") == "function_call").Text("arguments")!));

        var message = await client.AskAsync(
            "/v1/messages",
            "{" + Messages + ", \"max_tokens\": 2000, \"seed\": 3, \"tools\": [{" + Function + "\"input_schema\": " + Schema
                + "}], \"tool_choice\": {\"type\": \"tool\", \"name\": \"paint\"}}");
        Assert.Equal("tool_use", message.Text("stop_reason"));
        Check(message["content"]!.AsArray().First(static block => block.Text("type") == "tool_use")!["input"]);

        static void Check(JsonNode? arguments) => Assert.Contains(arguments.Text("color"), (string[])["red", "green"]);
    }

    [Theory]
    [InlineData("""{"type": "object", "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 3}}, "required": ["a"]}""")]
    [InlineData("""{"$ref": "#/$defs/none"}""")]
    [InlineData("""{"type": "string", "pattern": "("}""")]
    public async Task A_schema_that_is_impossible_is_the_senders_error_within_a_moment(string schema)
    {
        var watch = Stopwatch.StartNew();
        var body = "{" + Messages + ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"x\", \"schema\": " + schema + "}}}";
        var (response, text) = await stories.Client.SendAsync("/v1/chat/completions", body);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("invalid_grammar", JsonNode.Parse(text).Text("error", "code"));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }
}
