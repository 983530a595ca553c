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

    [Theory]
    [InlineData("\"response_format\": {\"type\": \"structural_tag\", \"format\": FORMAT}")]
    [InlineData("\"structured_outputs\": {\"structural_tag\": {\"type\": \"structural_tag\", \"format\": FORMAT}}")]
    public async Task An_answer_has_a_tag_where_a_trigger_begins(string field)
    {
        const string Tag = """{"type": "tag", "begin": "<f>", "content": {"type": "json_schema", "json_schema": SCHEMA}, "end": "</f>"}""";
        var format = """{"type": "triggered_tags", "triggers": ["<"], "tags": [TAG], "at_least_one": true, "stop_after_first": true}"""
            .Replace("TAG", Tag, StringComparison.Ordinal);
        foreach (var (form, bias) in (IEnumerable<(string, int)>)[(format, 100), (Tag, 0)])
        {
            var choice = await Ask(field.Replace("FORMAT", form, StringComparison.Ordinal), bias);
            Assert.Matches("^<f>\\{.*\\}</f>$", choice.Text("text")!);
            CheckDocument(choice.Text("text")![3..^4]);
            Assert.Equal("stop", choice.Text("finish_reason"));
        }
    }

    [Theory]
    [InlineData("{\"structures\": STRUCTURES, \"triggers\": [\"<\"]}")]
    [InlineData("\"{\\\"structures\\\": ESCAPED, \\\"triggers\\\": [\\\"<\\\"]}\"")]
    public async Task Structures_and_triggers_are_the_older_form(string tag)
    {
        const string Structures = """[{"begin": "<f>", "schema": SCHEMA, "end": "</f>"}]""";
        var escaped = Structures.Replace("SCHEMA", Schema, StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        tag = tag.Replace("STRUCTURES", Structures, StringComparison.Ordinal).Replace("ESCAPED", escaped, StringComparison.Ordinal);
        var text = (await Ask("\"structured_outputs\": {\"structural_tag\": " + tag + "}", 100)).Text("text")!;
        Assert.StartsWith("<f>", text, StringComparison.Ordinal);
        CheckDocument(text[3..text.IndexOf("</f>", StringComparison.Ordinal)]);
    }

    [Theory]
    [InlineData("{\"type\": \"const_string\", \"value\": \"hello\"}", "^hello$")]
    [InlineData("{\"type\": \"regex\", \"pattern\": \"[x-z]{3}\"}", "^[x-z]{3}$")]
    [InlineData("{\"type\": \"grammar\", \"grammar\": \"root ::= [x-z]\"}", "^[x-z]$")]
    [InlineData("{\"type\": \"json_schema\", \"json_schema\": {\"const\": 7}}", "^7$")]
    [InlineData("{\"type\": \"any_text\"}", ".")]
    public async Task Formats_of_structural_tags_may_have_no_tag(string format, string pattern)
    {
        var choice = await Ask("\"response_format\": {\"type\": \"structural_tag\", \"format\": " + format + "}", 0);
        Assert.Matches(pattern, choice.Text("text")!);
    }

    [Fact]
    public async Task Beside_tools_an_answer_is_a_call_or_of_the_format()
    {
        await using var engine = StoriesServer.LoadEngine(new() { Threads = 1, ContextLength = 4096 });
        await using var server = await AshlarServer.StartAsync(
            [new(engine) { ChatTemplate = StoriesServer.Template + "{% if false %}<tool_call>{% endif %}" }], new() { Port = 0 }, TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = server.Address };
        var tokenizer = engine.Model.Tokenizer!;
        foreach (var (favoured, isCall) in (IEnumerable<(string, bool)>)[("<", true), ("{", false)])
        {
            // The model knows of neither: which of the two it begins is left to it but for a push.
            var bias = $"\"logit_bias\": {{\"{tokenizer.Encode(favoured)[^1]}\": 100}}";
            var body = "{" + Messages + ", \"max_tokens\": 2000, \"seed\": 5, \"parallel_tool_calls\": false, " + bias
                + ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"paint\", \"parameters\": " + Schema + "}}]"
                + ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"x\", \"schema\": " + Schema + "}}}";
            var choice = (await client.AskAsync("/v1/chat/completions", body))["choices"]![0]!;
            Assert.Equal(isCall ? "tool_calls" : "stop", choice.Text("finish_reason"));
            CheckDocument(isCall
                ? choice.Text("message", "tool_calls", "0", "function", "arguments")!
                : choice.Text("message", "content")!);
        }
    }

    [Fact]
    public async Task A_model_that_thinks_is_held_to_JSON_behind_its_thoughts_and_to_nothing_else()
    {
        await using var server = await AshlarServer.StartAsync(
            [new(stories.Engine) { ChatTemplate = StoriesServer.Template + "<think>" }], new() { Port = 0 },
            TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = server.Address };
        var thought = (await client.AskAsync(
            "/v1/chat/completions", "{" + Messages + ", \"max_tokens\": 20, \"response_format\": {\"type\": \"json_object\"}}"))["choices"]![0]!;
        Assert.NotEqual("", thought.Text("message", "reasoning_content") ?? "");
        Assert.Equal("", thought.Text("message", "content"));
        var (response, text) = await client.SendAsync("/v1/chat/completions", "{" + Messages + ", \"guided_regex\": \"a\"}");
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("guided_regex", JsonNode.Parse(text).Text("error", "param"));
    }

    private async Task<JsonNode> Ask(string format, int bias)
    {
        var mark = stories.Engine.Model.Tokenizer!.Encode("<")[^1];
        var body = $$"""{"prompt": "Once", "max_tokens": 200, "seed": 4, "logit_bias": {"{{mark}}": {{bias}}}, {{format}}}""";
        return (await stories.Client.AskAsync("/v1/completions", body.Replace("SCHEMA", Schema, StringComparison.Ordinal)))["choices"]![0]!;
    }

    private static void CheckDocument(string text)
    {
        var document = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(["color", "big"], document.Select(static field => field.Key));
        Assert.Contains(document.Text("color"), (string[])["red", "green"]);
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
