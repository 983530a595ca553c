using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Errors;

/// <summary>Bodies made to do harm: each is a client error that leaves the server as it was.</summary>
public class HostileBodyTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Chat = "/v1/chat/completions";
    private const string Text = "/v1/completions";

    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["string"] = "\"x\"",
        ["number"] = "3.5",
        ["boolean"] = "true",
        ["array"] = "[true]",
        ["object"] = "{\"x\": true}",
    };

    // What each field takes; all other kinds are wrong.
    private static readonly (string Field, string Takes)[] Fields =
    [
        ("model", ""), ("max_tokens", ""), ("temperature", ""), ("top_p", ""), ("seed", ""), ("stop", "string"),
        ("stream", "boolean"), ("stream_options", ""), ("frequency_penalty", ""), ("presence_penalty", ""), ("logit_bias", ""),
        ("user", "string"), ("safety_identifier", "string"), ("prompt_cache_key", "string"), ("metadata", ""), ("top_k", ""),
        ("min_p", ""), ("typical_p", ""), ("repetition_penalty", "number"), ("min_tokens", ""), ("ignore_eos", "boolean"),
        ("stop_token_ids", ""), ("add_special_tokens", "boolean"), ("n", ""), ("best_of", ""), ("logprobs", "boolean"),
        ("top_logprobs", ""), ("prompt_logprobs", ""), ("tools", ""), ("tool_choice", ""), ("parallel_tool_calls", "boolean"),
        ("functions", ""), ("function_call", ""), ("response_format", ""), ("modalities", ""), ("audio", ""), ("prediction", ""),
        ("reasoning_effort", ""), ("verbosity", ""), ("web_search_options", ""), ("store", ""), ("service_tier", ""),
        ("suffix", ""), ("skip_special_tokens", "boolean"), ("spaces_between_special_tokens", "boolean"),
        ("include_stop_str_in_output", "boolean"), ("detokenize", "boolean"), ("continue_final_message", ""), ("chat_template", ""),
        ("truncate_prompt_tokens", ""), ("use_beam_search", ""), ("length_penalty", ""), ("bad_words", ""),
        ("allowed_token_ids", ""), ("logits_processors", ""), ("structured_outputs", ""),
        ("guided_regex", "string"), ("guided_choice", ""), ("guided_grammar", "string"), ("documents", ""), ("priority", ""), ("cache_salt", "string"),
        ("no_such_field", ""),
    ];

    private static readonly (string Field, string Takes)[] OnlyChat =
    [
        ("messages", ""), ("max_completion_tokens", ""), ("add_generation_prompt", "boolean"), ("chat_template_kwargs", "object"),
    ];

    private static readonly (string Field, string Takes)[] OnlyText = [("prompt", "string"), ("echo", "boolean")];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Chat)]
    [InlineData(Text)]
    public async Task Every_field_refuses_every_wrong_type_by_its_name(string path)
    {
        foreach (var (field, takes) in (IEnumerable<(string, string)>)[.. Fields, .. path == Chat ? OnlyChat : OnlyText])
        {
            foreach (var (kind, value) in Kinds)
            {
                if (kind == takes) continue;
                var body = path == Chat
                    ? new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "x" }) }
                    : new JsonObject { ["prompt"] = "x" };
                body[field] = JsonNode.Parse(value);

                var (response, text) = await stories.Client.SendAsync(path, body.ToJsonString());
                Assert.True((int)response.StatusCode is 400 or 404, $"{field} as {kind}: {(int)response.StatusCode} {text}");
                var param = JsonNode.Parse(text)!["error"]!["param"]?.GetValue<string>() ?? "";
                var isNamed = param == field || param.StartsWith($"{field}.", StringComparison.Ordinal)
                    || param.StartsWith($"{field}[", StringComparison.Ordinal);
                Assert.True(isNamed, $"{field} as {kind}: {text}");
            }
        }
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public async Task Deep_nesting_is_refused_before_it_goes_deep(string open, string close)
    {
        const int Depth = 100_000;
        var nested = string.Concat(Enumerable.Repeat(open, Depth)) + "1" + string.Concat(Enumerable.Repeat(close, Depth));
        await Refused(Encoding.UTF8.GetBytes("{\"prompt\": \"x\", \"chat_template_kwargs\": " + nested + "}"));
    }

    [Fact]
    public async Task Millions_of_values_are_refused() =>
        await Refused(Encoding.UTF8.GetBytes("{\"prompt\": [" + string.Concat(Enumerable.Repeat("[],", 5_000_000)) + "[]]}"));

    [Fact]
    public async Task A_number_of_a_million_digits_is_only_out_of_range() =>
        await Refused(Encoding.UTF8.GetBytes("{\"prompt\": \"x\", \"max_tokens\": " + new string('9', 1_000_000) + "}"));

    [Theory]
    [InlineData("{\"model\": \"LONG\"}")]
    [InlineData("{\"prompt\": \"x\", \"LONG\": 1}")]
    [InlineData("{\"prompt\": \"x\", \"LONG\": 1, \"LONG\": 1}")]
    [InlineData("{\"prompt\": \"x\", \"logit_bias\": {\"LONG\": 1}}")]
    [InlineData("{\"prompt\": \"x\", \"service_tier\": \"LONG\"}")]
    public async Task An_error_does_not_repeat_all_that_it_is_about(string body) =>
        await Refused(Encoding.UTF8.GetBytes(body.Replace("LONG", new('x', 1_000_000), StringComparison.Ordinal)));

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused() =>
        await Refused([.. "{\"prompt\": \""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8]);

    [Fact]
    public async Task Damaged_bodies_are_client_errors_or_valid()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        var good = """
            {"prompt": ["a", "b"], "max_tokens": 1, "temperature": 0.5, "stop": ["x"], "logit_bias": {"5": 1}, "stream": true,
            "seed": 1}
            """u8.ToArray();
        for (var i = 0; i < 400; i++)
        {
            var bytes = good.ToArray();
            for (var damage = random.Next(1, 4); damage > 0; damage--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            using var response = await Post(bytes);
            var text = await response.Content.ReadAsStringAsync(Cancelled);
            var status = (int)response.StatusCode;
            Assert.True(
                status is 200 or 400 or 404, $"seed {Seed}, round {i}: {status} {text} for {Encoding.Latin1.GetString(bytes)}");
            if (status != 200) Assert.NotNull(JsonNode.Parse(text)!["error"]!["message"]);
        }
    }

    private async Task Refused(byte[] body)
    {
        using var response = await Post(body);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True((int)response.StatusCode is 400 or 404, text);
        Assert.InRange(text.Length, 1, 2000);
        Assert.NotNull(JsonNode.Parse(text)!["error"]!["message"]);
        await stories.Client.AskAsync(Text, """{"prompt": "x", "max_tokens": 1}""");
    }

    private async Task<HttpResponseMessage> Post(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await stories.Client.PostAsync(new Uri(Text, UriKind.Relative), content, Cancelled);
    }
}
