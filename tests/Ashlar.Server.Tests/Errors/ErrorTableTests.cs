using System.Net;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Errors;

/// <summary>Every wrong request has its answer: a status, and OpenAI's error object that names what is wrong.</summary>
public class ErrorTableTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Invalid = "invalid_request_error";
    private const string Chat = "/v1/chat/completions";
    private const string Text = "/v1/completions";
    private const string Hello = "\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]";

    private const string Tool = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\"}}]";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", null, "invalid_json", "")]
    [InlineData("{", null, "invalid_json", "line 1, byte 2")]
    [InlineData("{\"prompt\": \"x\",\n  }", null, "invalid_json", "line 2, byte 3")]
    [InlineData("{\"prompt\": \"x\"} x", null, "invalid_json", "")]
    [InlineData("[1]", null, "invalid_json", "an array")]
    [InlineData("null", null, "invalid_json", "null")]
    [InlineData("{\"prompt\": \"x\", \"prompt\": \"y\"}", null, "invalid_json", "prompt")]
    [InlineData("{\"prompt\": \"\\ud800\"}", null, "invalid_json", "surrogate")]
    [InlineData("{\"prompt\": \"x\", \"\\udc00\": 1}", null, "invalid_json", "surrogate")]
    [InlineData("{}", "prompt", "missing_required_parameter", "")]
    [InlineData("{\"prompt\": null}", "prompt", "missing_required_parameter", "")]
    [InlineData("{\"prompt\": []}", "prompt", "empty_array", "")]
    [InlineData("{\"prompt\": [[]]}", "prompt[0]", "empty_array", "")]
    [InlineData("{\"prompt\": 7}", "prompt", "invalid_type", "a number")]
    [InlineData("{\"prompt\": [1, \"x\"]}", "prompt[1]", "invalid_type", "a string")]
    [InlineData("{\"prompt\": [\"x\", 1]}", "prompt[1]", "invalid_type", "a number")]
    [InlineData("{\"prompt\": [1, 512]}", "prompt[1]", "integer_above_max_value", "511")]
    [InlineData("{\"prompt\": [-1]}", "prompt[0]", "integer_below_min_value", "")]
    [InlineData("{\"prompt\": [1.5]}", "prompt[0]", "invalid_type", "1.5")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": -1}", "max_tokens", "integer_below_min_value", "-1")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": 1e9}", "max_tokens", "integer_above_max_value", "512")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": 1e999}", "max_tokens", "integer_above_max_value", "1e999")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": -1e999}", "max_tokens", "integer_below_min_value", "")]
    [InlineData(
        "{\"prompt\": \"x\", \"max_tokens\": 99999999999999999999999999999999}", "max_tokens", "integer_above_max_value", "")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": 2.5}", "max_tokens", "invalid_type", "2.5")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": 1e-30}", "max_tokens", "invalid_type", "1e-30")]
    [InlineData("{\"prompt\": \"x\", \"max_tokens\": 5, \"min_tokens\": 6}", "min_tokens", "integer_above_max_value", "5")]
    [InlineData("{\"prompt\": \"x\", \"seed\": 9223372036854775808}", "seed", "integer_above_max_value", "")]
    [InlineData("{\"prompt\": \"x\", \"seed\": -9223372036854775809}", "seed", "integer_below_min_value", "")]
    [InlineData("{\"prompt\": \"x\", \"temperature\": 2.1}", "temperature", "decimal_above_max_value", "2.1")]
    [InlineData("{\"prompt\": \"x\", \"temperature\": -0.1}", "temperature", "decimal_below_min_value", "")]
    [InlineData("{\"prompt\": \"x\", \"temperature\": 1e400}", "temperature", "decimal_above_max_value", "")]
    [InlineData("{\"prompt\": \"x\", \"top_p\": 0}", "top_p", "decimal_below_min_value", "above 0")]
    [InlineData("{\"prompt\": \"x\", \"top_p\": 1e-300}", "top_p", "decimal_below_min_value", "")]
    [InlineData("{\"prompt\": \"x\", \"top_k\": -2}", "top_k", "integer_below_min_value", "")]
    [InlineData("{\"prompt\": \"x\", \"repetition_penalty\": 0}", "repetition_penalty", "decimal_below_min_value", "")]
    [InlineData("{\"prompt\": \"x\", \"logit_bias\": {\"512\": 1}}", "logit_bias", "invalid_value", "511")]
    [InlineData("{\"prompt\": \"x\", \"logit_bias\": {\"-1\": 1}}", "logit_bias", "invalid_value", "")]
    [InlineData("{\"prompt\": \"x\", \"logit_bias\": {\"1\": 1, \"01\": 1}}", "logit_bias", "invalid_value", "twice")]
    [InlineData("{\"prompt\": \"x\", \"logit_bias\": {\"1\": 101}}", "logit_bias.1", "decimal_above_max_value", "")]
    [InlineData("{\"prompt\": \"x\", \"stop\": \"\"}", "stop", "invalid_value", "")]
    [InlineData("{\"prompt\": \"x\", \"stop\": [\"a\", 1]}", "stop[1]", "invalid_type", "")]
    [InlineData("{\"prompt\": \"x\", \"stream_options\": {}}", "stream_options", "invalid_value", "stream")]
    [InlineData(
        "{\"prompt\": \"x\", \"stream\": true, \"stream_options\": {\"x\": 1}}", "stream_options.x", "unknown_parameter", "")]
    [InlineData(
        "{\"prompt\": \"x\", \"stream\": true, \"stream_options\": {\"include_usage\": 1}}",
        "stream_options.include_usage",
        "invalid_type",
        "")]
    [InlineData("{\"prompt\": \"x\", \"temprature\": 1}", "temprature", "unknown_parameter", "spelling")]
    [InlineData("{\"prompt\": \"x\", \"n\": 0}", "n", "integer_below_min_value", "")]
    [InlineData("{\"prompt\": \"x\", \"n\": 129}", "n", "integer_above_max_value", "128")]
    [InlineData("{\"prompt\": [\"x\", \"y\"], \"n\": 65}", "n", "invalid_value", "128")]
    [InlineData("{\"prompt\": \"x\", \"n\": 3, \"best_of\": 2}", "best_of", "invalid_value", "3 or more")]
    [InlineData("{\"prompt\": \"x\", \"best_of\": 2, \"stream\": true}", "best_of", "invalid_value", "stream")]
    [InlineData("{\"prompt\": \"x\", \"logprobs\": 21}", "logprobs", "integer_above_max_value", "20")]
    [InlineData("{\"prompt\": \"x\", \"suffix\": \"y\"}", "suffix", "unsupported_parameter", "")]
    [InlineData("{\"prompt\": \"x\", \"guided_regex\": \"(\"}", "guided_regex", "invalid_grammar", "pattern")]
    [InlineData(
        "{\"prompt\": \"x\", \"structured_outputs\": {\"json\": {\"$ref\": \"#/x\"}}}",
        "structured_outputs.json",
        "invalid_grammar",
        "#/x")]
    [InlineData("{\"prompt\": \"x\", \"suffix\": \"y\", \"echo\": true}", "echo", "invalid_value", "suffix")]
    [InlineData("{\"prompt\": \"x\", \"prompt_logprobs\": 21}", "prompt_logprobs", "integer_above_max_value", "20")]
    [InlineData(
        "{\"prompt\": \"x\", \"prompt_logprobs\": 1, \"stream\": true}", "prompt_logprobs", "invalid_value", "stream")]
    [InlineData("{\"prompt\": \"x\", \"bad_words\": [\" \"]}", "bad_words[0]", "invalid_value", "")]
    [InlineData("{\"prompt\": \"x\", \"allowed_token_ids\": []}", "allowed_token_ids", "empty_array", "")]
    [InlineData("{\"prompt\": \"x\", \"allowed_token_ids\": [512]}", "allowed_token_ids[0]", "integer_above_max_value", "511")]
    [InlineData("{\"prompt\": \"x\", \"truncate_prompt_tokens\": 0}", "truncate_prompt_tokens", "invalid_value", "-1")]
    [InlineData(
        "{\"prompt\": \"x\", \"structured_outputs\": {\"structural_tag\": \"{\"}}",
        "structured_outputs.structural_tag",
        "invalid_value",
        "no JSON")]
    [InlineData(
        "{\"prompt\": \"x\", \"response_format\": {\"type\": \"structural_tag\"}}",
        "response_format.format",
        "missing_required_parameter",
        "structures")]
    [InlineData(
        "{\"prompt\": \"x\", \"response_format\": {\"type\": \"structural_tag\", \"structures\": [{\"begin\": \"a\", \"schema\": {}}], \"triggers\": [\"b\"]}}",
        "response_format",
        "invalid_grammar",
        "begins with 'b'")]
    [InlineData(
        "{\"prompt\": \"x\", \"response_format\": {\"type\": \"structural_tag\", \"structures\": [{\"begin\": \"a\"}], \"triggers\": [\"a\"]}}",
        "response_format.structures[0].schema",
        "missing_required_parameter",
        "")]
    [InlineData(
        "{\"prompt\": \"x\", \"response_format\": {\"type\": \"structural_tag\", \"format\": {\"type\": \"tags_with_separator\"}}}",
        "response_format.format.type",
        "unsupported_parameter",
        "tags_with_separator")]
    [InlineData(
        "{\"prompt\": \"x\", \"response_format\": {\"type\": \"structural_tag\", \"format\": {\"type\": \"tag\", \"begin\": \"a\", \"content\": {\"type\": \"any_text\"}}}}",
        "response_format.format.content.type",
        "unsupported_parameter",
        "any_text")]
    [InlineData("{\"prompt\": \"x\", \"guided_regex\": \"a\", \"guided_choice\": [\"a\"]}", "guided_choice", "invalid_value", "guided_regex")]
    [InlineData("{\"prompt\": \"x\", \"metadata\": {\"a\": 1}}", "metadata.a", "invalid_type", "")]
    [InlineData("{\"prompt\": \"x\", \"user\": 1}", "user", "invalid_type", "")]
    public Task A_wrong_completion_request_is_told_what_is_wrong(string body, string? param, string code, string says) =>
        Check(Text, body, 400, param, code, says);

    [Theory]
    [InlineData("{}", "messages", "missing_required_parameter", "")]
    [InlineData("{\"messages\": []}", "messages", "empty_array", "")]
    [InlineData("{\"messages\": \"x\"}", "messages", "invalid_type", "a string")]
    [InlineData("{\"messages\": [\"x\"]}", "messages[0]", "invalid_type", "")]
    [InlineData("{\"messages\": [{\"content\": \"x\"}]}", "messages[0].role", "missing_required_parameter", "")]
    [InlineData("{\"messages\": [{\"role\": \"king\", \"content\": \"x\"}]}", "messages[0].role", "invalid_value", "king")]
    [InlineData("{\"messages\": [{\"role\": \"user\"}]}", "messages[0].content", "missing_required_parameter", "")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": 1}]}", "messages[0].content", "invalid_type", "")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": [\"x\"]}]}", "messages[0].content[0]", "invalid_type", "")]
    [InlineData(
        "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\"}]}]}",
        "messages[0].content[0].text",
        "missing_required_parameter",
        "")]
    [InlineData(
        "{\"messages\": [{\"role\": \"user\", \"content\": [{\"text\": \"x\"}]}]}",
        "messages[0].content[0].type",
        "missing_required_parameter",
        "")]
    [InlineData(
        "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\", \"image_url\": {}}]}]}",
        "messages[0].content[0].type",
        "unsupported_parameter",
        "image_url")]
    [InlineData(
        "{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\", \"tool_calls\": [{}]}]}",
        "messages[0].tool_calls[0].id",
        "missing_required_parameter",
        "")]
    [InlineData(
        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\", \"mood\": 1}]}", "messages[0].mood", "unknown_parameter", "")]
    [InlineData(
        "{\"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]}", "messages", "chat_template_error", "a tool speaks first")]
    [InlineData("{" + Hello + ", \"max_tokens\": 0}", "max_tokens", "integer_below_min_value", "")]
    [InlineData(
        "{" + Hello + ", \"max_tokens\": 1, \"max_completion_tokens\": 2}",
        "max_tokens",
        "invalid_value",
        "max_completion_tokens")]
    [InlineData("{" + Hello + ", \"tools\": [{\"type\": \"function\"}]}", "tools[0].function", "missing_required_parameter", "")]
    [InlineData("{" + Hello + ", \"tool_choice\": \"auto\"}", "tool_choice", "invalid_value", "no tools")]
    [InlineData("{" + Hello + ", \"functions\": [{}]}", "functions", "unsupported_parameter", "")]
    [InlineData(
        "{" + Hello + ", \"response_format\": {\"type\": \"xml\"}}", "response_format.type", "invalid_value", "json_schema")]
    [InlineData("{" + Hello + ", \"logprobs\": 1}", "logprobs", "invalid_type", "")]
    [InlineData("{" + Hello + ", \"top_logprobs\": 2}", "top_logprobs", "invalid_value", "logprobs")]
    [InlineData("{" + Hello + ", \"logprobs\": true, \"top_logprobs\": 21}", "top_logprobs", "integer_above_max_value", "20")]
    [InlineData("{" + Hello + ", \"modalities\": [\"text\", \"audio\"]}", "modalities", "unsupported_parameter", "")]
    [InlineData("{" + Hello + ", \"audio\": {}}", "audio", "unsupported_parameter", "")]
    [InlineData("{" + Hello + ", \"prediction\": {}}", "prediction", "unsupported_parameter", "")]
    [InlineData("{" + Hello + ", \"parallel_tool_calls\": 1}", "parallel_tool_calls", "invalid_type", "")]
    [InlineData("{" + Hello + ", \"reasoning_effort\": \"low\"}", "reasoning_effort", "unsupported_parameter", "")]
    [InlineData("{" + Hello + ", \"web_search_options\": {}}", "web_search_options", "unsupported_parameter", "")]
    [InlineData("{" + Hello + ", \"store\": true}", "store", "unsupported_parameter", "")]
    [InlineData("{" + Hello + ", \"service_tier\": \"flex\"}", "service_tier", "unsupported_parameter", "")]
    [InlineData(
        "{" + Hello + ", \"response_format\": {\"type\": \"json_object\"}, " + Tool + "}",
        "response_format",
        "invalid_value",
        "tool_choice")]
    [InlineData("{" + Hello + ", \"guided_regex\": \"a\", " + Tool + "}", "guided_regex", "invalid_value", "tool_choice")]
    [InlineData(
        "{" + Hello + ", \"tool_choice\": \"required\", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": {\"type\": 5}}}]}",
        "tools",
        "invalid_grammar",
        "")]
    [InlineData(
        "{" + Hello + ", \"chat_template_kwargs\": {\"messages\": []}}", "chat_template_kwargs", "invalid_value", "messages")]
    [InlineData("{" + Hello + ", \"chat_template_kwargs\": [1]}", "chat_template_kwargs", "invalid_type", "")]
    public Task A_wrong_chat_request_is_told_what_is_wrong(string body, string? param, string code, string says) =>
        Check(Chat, body, 400, param, code, says);

    [Theory]
    [InlineData(Chat)]
    [InlineData(Text)]
    public async Task A_prompt_longer_than_the_context_is_told_both_numbers(string path)
    {
        var words = string.Concat(Enumerable.Repeat("a dog ", 400));
        var tokens = stories.Engine.Model.Tokenizer!.Encode(words, addSpecial: true).Length;
        var body = path == Chat
            ? new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = words }) }
            : new() { ["prompt"] = words };
        await Check(path, body.ToJsonString(), 400, null, "context_length_exceeded", $"{tokens}");
        await Check(path, body.ToJsonString(), 400, null, "context_length_exceeded", $"{stories.Engine.ContextLength}");
    }

    [Theory]
    [InlineData(Chat, "{\"model\": \"gpt-9\"}")]
    [InlineData(Text, "{\"model\": \"gpt-9\"}")]
    public Task A_model_that_is_not_there_is_not_found(string path, string body) =>
        Check(path, body, 404, "model", "model_not_found", "'gpt-9'");

    [Theory]
    [InlineData("GET", "/nothing", 404, "unknown_url")]
    [InlineData("POST", "/v1/engines", 404, "unknown_url")]
    [InlineData("GET", "/v1/models/", 404, "unknown_url")]
    [InlineData("GET", "/v1/Models", 404, "unknown_url")]
    [InlineData("GET", "/%0aforged", 404, "unknown_url")]
    [InlineData("GET", "/v1/models/gpt-9", 404, "model_not_found")]
    [InlineData("GET", "/v1/models/a/b", 404, "model_not_found")]
    [InlineData("GET", Chat, 405, "method_not_allowed")]
    [InlineData("OPTIONS", Text, 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/models/stories260K", 405, "method_not_allowed")]
    [InlineData("POST", "/health", 405, "method_not_allowed")]
    public async Task A_wrong_path_or_method_is_an_error_object_as_well(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await stories.Client.SendAsync(request, Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count == 1);
        Assert.Equal(code, Error(await response.Content.ReadAsStringAsync(Cancelled))["code"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task A_body_that_is_not_said_to_be_JSON_is_refused(string? type)
    {
        using var content = new ByteArrayContent("{\"prompt\": \"x\"}"u8.ToArray());
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await stories.Client.PostAsync(new Uri(Text, UriKind.Relative), content, Cancelled);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal(
            "unsupported_media_type", Error(await response.Content.ReadAsStringAsync(Cancelled))["code"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        using var content = Requests.Json("{\"prompt\": \"x\"}");
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await stories.Client.PostAsync(new Uri(Text, UriKind.Relative), content, Cancelled);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(
        "{\"prompt\": \"x\", \"user\": \"u\", \"metadata\": {\"a\": \"b\"}, \"store\": false, \"service_tier\": \"auto\", \"safety_identifier\": \"s\", \"prompt_cache_key\": \"k\", \"max_tokens\": 1}")]
    [InlineData(
        "{\"prompt\": \"x\", \"n\": 1, \"best_of\": 1, \"logprobs\": null, \"suffix\": null, \"stop\": null, \"stream\": null, \"echo\": false, \"seed\": null, \"max_tokens\": 1.0}")]
    [InlineData(
        "{\"prompt\": \"x\", \"skip_special_tokens\": true, \"detokenize\": true, \"add_special_tokens\": true, \"top_k\": -1, \"stop\": [], \"max_tokens\": 1, \"tools\": null}")]
    public async Task What_has_no_consequence_is_let_pass(string body) => await stories.Client.AskAsync(Text, body);

    [Fact]
    public async Task A_model_without_a_template_refuses_to_chat_and_says_what_to_do()
    {
        await using var server = await AshlarServer.StartAsync(stories.Engine, new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        var (response, text) = await client.SendAsync(Chat, "{" + Hello + "}");
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("chat_template_missing", Error(text)["code"]!.GetValue<string>());
        Assert.Contains("/v1/completions", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_by_its_length_or_when_it_gets_there()
    {
        await using var server = await AshlarServer.StartAsync(
            stories.Engine, new() { Port = 0, MaxRequestBytes = 1000 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        var body = $$"""{"prompt": "{{new string('x', 1000)}}"}""";
        foreach (var chunked in (bool[])[false, true])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Text) { Content = Requests.Json(body) };
            request.Headers.TransferEncodingChunked = chunked;
            using var response = await client.SendAsync(request, Cancelled);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
            Assert.Equal(
                "request_too_large", Error(await response.Content.ReadAsStringAsync(Cancelled))["code"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_full_queue_is_told_with_a_time_to_try_again()
    {
        await using var engine = StoriesServer.LoadEngine(new() { Threads = 1, QueueCapacity = 0, MaxSequences = 1, ContextLength = 8192 });
        await using var server = await AshlarServer.StartAsync(engine, new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        using var running = new CancellationTokenSource();
        var first = engine.GenerateAsync(
            new() { PromptTokens = default, IgnoreEndOfSequence = true }, running.Token).GetAsyncEnumerator(running.Token);
        await first.MoveNextAsync();
        foreach (var stream in (string[])["false", "true"])
        {
            var (response, text) = await client.SendAsync(Text, $$"""{"prompt": "x", "stream": {{stream}}}""");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
            Assert.Equal("queue_full", Error(text)["code"]!.GetValue<string>());
        }

        await running.CancelAsync();
        await first.DisposeAsync();
    }

    [Fact]
    public async Task Several_models_are_told_apart_by_name()
    {
        await using var server = await AshlarServer.StartAsync(
            [new(stories.Engine) { Name = "org/one" }, new(stories.Engine) { Name = "two" }], new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        var answer = await client.AskAsync(Text, """{"model": "org/one", "prompt": "x", "max_tokens": 1}""");
        Assert.Equal("org/one", answer["model"]!.GetValue<string>());
        var (_, refused) = await client.SendAsync(Text, """{"prompt": "x"}""");
        Assert.Equal("missing_required_parameter", Error(refused)["code"]!.GetValue<string>());

        var list = JsonNode.Parse(await client.GetStringAsync(new Uri("/v1/models", UriKind.Relative), Cancelled))!;
        Assert.Equal(["org/one", "two"], list["data"]!.AsArray().Select(static model => model!["id"]!.GetValue<string>()));
        var one = JsonNode.Parse(await client.GetStringAsync(new Uri("/v1/models/org/one", UriKind.Relative), Cancelled))!;
        Assert.Equal("model", one["object"]!.GetValue<string>());
        Assert.Equal(stories.Engine.ContextLength, one["max_model_len"]!.GetValue<int>());

        await Assert.ThrowsAsync<ArgumentException>(
            () => AshlarServer.StartAsync([new(stories.Engine), new(stories.Engine)], new() { Port = 0 }, Cancelled));
        await Assert.ThrowsAsync<ArgumentException>(() => AshlarServer.StartAsync([], new() { Port = 0 }, Cancelled));
    }

    private static JsonNode Error(string body) => JsonNode.Parse(body)!["error"]!;

    private async Task Check(string path, string body, int status, string? param, string code, string says)
    {
        var (response, text) = await stories.Client.SendAsync(path, body);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        var error = Error(text).AsObject();
        Assert.Equal(["message", "type", "param", "code"], error.Select(static field => field.Key));
        Assert.Equal(
            (Invalid, param, code),
            (error["type"]!.GetValue<string>(), error["param"]?.GetValue<string>(), error["code"]!.GetValue<string>()));
        Assert.Contains(says, error["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
