using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Models.Tokenizers;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Infill;

public sealed class InfillTests(InfillServer server) : IClassFixture<InfillServer>
{
    private const string Path = "/infill";
    private const string Body = """{"input_prefix": "Once upon a", "input_suffix": " was a girl.", "n_predict": 12""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Tokenizer Tokenizer => Server.Engine.Model.Tokenizer!;

    // Where the model is absent, the test is skipped.
    private InfillServer Server
    {
        get
        {
            Conformance.Path("stories260k");
            return server;
        }
    }

    [Fact]
    public async Task The_model_is_asked_by_prefix_suffix_and_middle()
    {
        int[] prompt = [1, InfillServer.Prefix, .. Encode("Once upon a"), InfillServer.Suffix, .. Encode(" was a girl."), InfillServer.Middle];
        var answer = (await Server.Client.AskAsync(Path, Body + "}")).AsObject();
        Assert.Equal(Tokenizer.Decode(prompt), answer.Text("prompt"));
        Assert.Equal(await Greedy(prompt, 12), answer.Text("content"));
        Assert.Equal(
            ["index", "content", "tokens", "id_slot", "stop", "model", "tokens_predicted", "tokens_evaluated", "generation_settings",
                "prompt", "has_new_line", "truncated", "stop_type", "stopping_word", "tokens_cached", "timings"],
            answer.Select(static field => field.Key));
        Assert.Equal(prompt.Length, answer["tokens_evaluated"]!.GetValue<int>());
        Assert.Equal("limit", answer.Text("stop_type"));
        Assert.Equal("false", answer.Text("truncated"));
        Assert.Equal(12, answer["tokens_predicted"]!.GetValue<int>());
        Assert.Equal(12, answer["timings"]!["predicted_n"]!.GetValue<int>());
        Assert.True(answer["timings"]!["predicted_per_second"]!.GetValue<double>() > 0);
    }

    [Fact]
    public async Task What_stands_on_the_line_already_belongs_to_the_prefix()
    {
        var answer = await Server.Client.AskAsync(
            Path, """{"input_prefix": "One day,", "prompt": " a dog", "input_suffix": ".", "n_predict": 1}""");
        int[] prompt = [1, InfillServer.Prefix, .. Encode("One day,"), .. Encode(" a dog"), InfillServer.Suffix, .. Encode("."), InfillServer.Middle];
        Assert.Equal(Tokenizer.Decode(prompt), answer.Text("prompt"));
    }

    [Fact]
    public async Task Other_files_go_before_it_as_those_of_a_repository()
    {
        const string Extra = """, "input_extra": [{"text": "one", "filename": "a.txt", "time": [1, 2]}, {"text": "two"}]}""";
        var answer = await Server.Client.AskAsync(Path, Body + Extra);
        int[] prompt =
        [
            1, InfillServer.Repository, .. Encode("myproject\n"),
            InfillServer.File, .. Encode("a.txt\n"), .. Encode("one"),
            InfillServer.File, .. Encode("tmp\n"), .. Encode("two"),
            InfillServer.File, .. Encode("filename\n"),
            InfillServer.Prefix, .. Encode("Once upon a"), InfillServer.Suffix, .. Encode(" was a girl."), InfillServer.Middle,
        ];
        Assert.Equal(Tokenizer.Decode(prompt), answer.Text("prompt"));
        Assert.Equal("false", answer.Text("truncated"));
    }

    [Fact]
    public async Task What_does_not_fit_is_cut_far_from_the_cursor()
    {
        await using var engine = Server.Load(new() { Threads = 1, ContextLength = 200 });
        await using var small = await AshlarServer.StartAsync(engine, new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = small.Address };
        var (before, behind) = (Words("before"), Words("behind"));
        var body = new JsonObject
        {
            ["input_prefix"] = before,
            ["input_suffix"] = behind,
            ["n_predict"] = 40,
            ["input_extra"] = new JsonArray(new JsonObject { ["text"] = "lost" }),
        };
        var answer = await client.AskAsync(Path, body.ToJsonString());
        var prompt = answer.Text("prompt")!;
        Assert.Equal("true", answer.Text("truncated"));
        Assert.Equal(160, answer["tokens_evaluated"]!.GetValue<int>());
        var parts = prompt.Split('\u0001', '\u0002', '\u0003');
        var marks = Tokenizer.Decode([InfillServer.Prefix]);
        Assert.Equal("\u0001", marks); // the bytes that stand in for the marks
        Assert.EndsWith(parts[1].TrimStart(), before, StringComparison.Ordinal);
        Assert.StartsWith(parts[2].Trim(), behind, StringComparison.Ordinal);
        Assert.Equal((160 - 4) / 4, Encode(parts[2].Trim()).Length, 2.0);

        // One that is short leaves its place to the other.
        body["input_suffix"] = "x";
        answer = await client.AskAsync(Path, body.ToJsonString());
        Assert.Equal(160, answer["tokens_evaluated"]!.GetValue<int>());
    }

    [Fact]
    public async Task Streamed_pieces_are_the_whole_and_the_last_event_tells_the_rest()
    {
        var whole = await Server.Client.AskAsync(Path, Body + """, "return_tokens": true}""");
        var (_, events) = await Server.Client.SendAsync(Path, Body + """, "return_tokens": true, "stream": true}""");
        var chunks = events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => JsonNode.Parse(line["data: ".Length..])!).ToList();
        Assert.Equal(whole.Text("content"), string.Concat(chunks.Select(static chunk => chunk.Text("content"))));
        Assert.All(chunks[..^1], static chunk => Assert.Equal("false", chunk.Text("stop")));
        Assert.Equal("true", chunks[^1].Text("stop"));
        Assert.Equal("limit", chunks[^1].Text("stop_type"));
        var tokens = whole["tokens"]!.AsArray().Select(static token => token!.GetValue<int>()).ToList();
        Assert.Equal(12, tokens.Count);
        Assert.Equal(whole.Text("content")!.TrimStart(), Tokenizer.Decode([.. tokens]).TrimStart());
        Assert.Equal(tokens, chunks.SelectMany(static chunk => chunk["tokens"]!.AsArray()).Select(static id => id!.GetValue<int>()));
    }

    [Fact]
    public async Task An_editors_request_is_answered_with_the_fields_that_it_names()
    {
        const string Editor = """
            {"input_prefix": "Once\n", "input_suffix": "\nEnd\n", "input_extra": [], "prompt": "upon", "n_predict": 8, "stop": [],
             "n_indent": 0, "top_k": 40, "top_p": 0.90, "stream": false, "samplers": ["top_k", "top_p", "infill"],
             "cache_prompt": true, "t_max_prompt_ms": 500, "t_max_predict_ms": 3000,
             "response_fields": ["content", "timings/prompt_n", "timings/predicted_ms", "truncated", "tokens_cached", "nothing"]}
            """;
        var first = (await Server.Client.AskAsync(Path, Editor)).AsObject();
        Assert.Equal(
            ["content", "timings/prompt_n", "timings/predicted_ms", "truncated", "tokens_cached"],
            first.Select(static field => field.Key));
        var second = await Server.Client.AskAsync(Path, Editor);
        Assert.Equal(first.Text("content"), second.Text("content")); // the likeliest tokens
    }

    [Theory]
    [InlineData("/v1/completions", """{"prompt": "Once upon a", "suffix": " was a girl.", "max_tokens": 12, "temperature": 0}""")]
    [InlineData(
        "/api/generate",
        """{"model": "filler", "prompt": "Once upon a", "suffix": " was a girl.", "stream": false, "options": {"num_predict": 12, "temperature": 0}}""")]
    public async Task A_suffix_by_other_protocols_is_the_same(string path, string body)
    {
        var expected = await Server.Client.AskAsync(Path, Body + "}");
        var answer = await Server.Client.AskAsync(path, body);
        Assert.Equal(expected.Text("content"), answer.Text("response") ?? answer.Text("choices", "0", "text"));
    }

    [Theory]
    [InlineData("""{"input_suffix": "x"}""", "input_prefix", "missing_required_parameter")]
    [InlineData("""{"input_prefix": "x"}""", "input_suffix", "missing_required_parameter")]
    [InlineData("""{"input_prefix": "x", "input_suffix": [1]}""", "input_suffix", "invalid_type")]
    [InlineData("""{"input_prefix": "", "input_suffix": "", "input_extra": [{}]}""", "input_extra[0].text", "missing_required_parameter")]
    [InlineData("""{"input_prefix": "", "input_suffix": "", "input_extra": ["x"]}""", "input_extra[0]", "invalid_type")]
    [InlineData("""{"input_prefix": "", "input_suffix": "", "samplers": ["magic"]}""", "samplers[0]", "invalid_value")]
    [InlineData("""{"input_prefix": "", "input_suffix": "", "mirostat": 2}""", "mirostat", "unsupported_parameter")]
    [InlineData("""{"input_prefix": "", "input_suffix": "", "lora": [{"id": 0}]}""", "lora", "unsupported_parameter")]
    [InlineData("""{"input_prefix": "", "input_suffix": "", "session_id": ""}""", "session_id", "invalid_value")]
    [InlineData("""{"input_prefix": "", "input_suffix": "", "infill": 1}""", "infill", "unknown_parameter")]
    public async Task A_wrong_request_is_told_what_is_wrong(string body, string param, string code)
    {
        var (response, text) = await Server.Client.SendAsync(Path, body);
        Assert.Equal(400, (int)response.StatusCode);
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal((param, code), (error.Text("param"), error.Text("code")));
    }

    [Fact]
    public async Task Every_field_refuses_every_wrong_type_by_its_name()
    {
        string[] kinds = ["\"x\"", "3.5", "true", "[true]", "{\"x\": true}"];
        (string Field, string Takes)[] fields =
        [
            ("input_prefix", "\"x\""), ("input_suffix", "\"x\""), ("prompt", "\"x\""), ("input_extra", ""), ("n_predict", ""),
            ("n_indent", ""), ("t_max_predict_ms", ""), ("t_max_prompt_ms", ""), ("samplers", ""), ("response_fields", ""),
            ("return_tokens", "true"), ("session_id", "\"x\""), ("id_slot", ""), ("stop", "\"x\""), ("stream", "true"),
            ("cache_prompt", "true"), ("repeat_penalty", "3.5"), ("repeat_last_n", ""), ("temperature", ""), ("top_k", ""),
            ("dry_multiplier", ""), ("xtc_probability", ""), ("n_probs", ""), ("min_keep", ""), ("post_sampling_probs", ""),
            ("timings_per_token", ""), ("return_progress", ""), ("top_n_sigma", ""),
        ];
        foreach (var (field, takes) in fields)
        {
            foreach (var kind in kinds)
            {
                if (kind == takes) continue;
                var body = JsonNode.Parse("""{"input_prefix": "a", "input_suffix": "b", "n_predict": 1}""")!;
                body[field] = JsonNode.Parse(kind);
                var (response, text) = await Server.Client.SendAsync(Path, body.ToJsonString());
                Assert.True((int)response.StatusCode == 400, $"{field} as {kind}: {(int)response.StatusCode} {text}");
                Assert.StartsWith(field, JsonNode.Parse(text).Text("error", "param") ?? "", StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_model_that_was_not_taught_to_fill_in_says_so()
    {
        await using var engine = StoriesServer.LoadEngine();
        await using var plain = await AshlarServer.StartAsync(engine, new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = plain.Address };
        var (response, text) = await client.SendAsync(Path, Body + "}");
        Assert.Equal(501, (int)response.StatusCode);
        Assert.Contains("stories260K", text, StringComparison.Ordinal);
        Assert.Equal("infill_not_supported", JsonNode.Parse(text).Text("error", "code"));
    }

    private static string Words(string word) => string.Join(' ', Enumerable.Range(100, 200).Select(number => $"{word}{number}"));

    private int[] Encode(string text) => Tokenizer.Encode(text);

    private async Task<string> Greedy(int[] prompt, int tokens) => string.Concat(await Server.Engine.GenerateAsync(
        new() { PromptTokens = prompt, MaxTokens = tokens, Sampling = SamplingOptions.Greedy }, Cancelled)
        .Select(static update => update.Text).ToListAsync(Cancelled));
}
