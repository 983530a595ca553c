using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Load;

/// <summary>Requests to every path, damaged at random: each has an answer, and the server is as it was.</summary>
public class MutationTests
{
    private const int Rounds = 1000, Clients = 8;

    private const string Messages =
        """
        "messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "Hello"}]
        """;

    private static readonly (string Path, string Body)[] Templates =
    [
        ("/v1/chat/completions", """
            {"model": "synthetic:llama-tiny:q8_0", MESSAGES, "max_tokens": 4, "temperature": 0.5, "stop": ["x"],
            "stream": true, "logprobs": true, "top_logprobs": 2}
            """),
        ("/v1/chat/completions", """
            {MESSAGES, "max_tokens": 4, "tools": [{"type": "function", "function": {"name": "f",
            "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}}], "tool_choice": "auto"}
            """),
        ("/v1/chat/completions", """
            {MESSAGES, "max_tokens": 4, "response_format": {"type": "json_schema", "json_schema": {"name": "s",
            "schema": {"type": "object", "properties": {"a": {"enum": ["b", 3]}}, "required": ["a"]}}}}
            """),
        ("/v1/completions", """
            {"prompt": ["a", "b"], "max_tokens": 2, "logit_bias": {"5": 1}, "seed": 1, "min_p": 0.1,
            "guided_regex": "[a-z]{1,5}", "priority": 1}
            """),
        ("/v1/completions", """
            {"prompt": [1, 2, 3], "max_tokens": 3, "echo": true, "logprobs": 2, "top_k": 5, "min_tokens": 1,
            "stop_token_ids": [7]}
            """),
        ("/v1/responses", """
            {"input": "Hello", "max_output_tokens": 4, "instructions": "be brief", "stream": false, "store": true}
            """),
        ("/v1/messages", """
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}], "max_tokens": 4,
            "system": "be brief", "stop_sequences": ["x"], "model": "synthetic:llama-tiny:q8_0"}
            """),
        ("/v1/messages/count_tokens", """
            {"messages": [{"role": "user", "content": "Hello"}], "model": "synthetic:llama-tiny:q8_0"}
            """),
        ("/v1/embeddings", """{"input": ["a", "b"], "encoding_format": "float", "dimensions": 8}"""),
        ("/rerank", """{"query": "a", "documents": ["b", "c"], "top_n": 1, "return_documents": false}"""),
        ("/v1/rerank", """{"query": "a", "documents": ["b", "c"]}"""),
        ("/score", """{"text_1": "a", "text_2": ["b", "c"]}"""),
        ("/api/embed", """{"input": ["a", "b"], "truncate": false}"""),
        ("/api/chat", """
            {"messages": [{"role": "user", "content": "Hello"}], "stream": false, "options": {"num_predict": 3, "seed": 1,
            "stop": ["x"]}, "format": "json"}
            """),
        ("/api/generate", """
            {"prompt": "Hello", "stream": true, "raw": true, "options": {"num_predict": 3, "temperature": 0}}
            """),
        ("/api/show", """{"model": "synthetic:llama-tiny:q8_0"}"""),
        ("/tokenize", """{"prompt": "Hello", "add_special_tokens": true, "return_token_strs": true}"""),
        ("/detokenize", """{"tokens": [1, 2, 3]}"""),
        ("/apply-template", """{MESSAGES, "chat_template_kwargs": {"a": 1}}"""),
    ];

    private static readonly (string Path, string Body)[] Valid =
    [
        .. Templates.Select(static valid => (valid.Path, valid.Body.Replace("MESSAGES", Messages, StringComparison.Ordinal))),
    ];

    private static readonly string[] Junk =
    [
        "null", "true", "0", "-1", "1e999", "-1e999", "1.5", "9223372036854775808", "\"\"", "\"\\u0000\"",
        "\"\\ud83d\\ude00\"", "[]", "{}",
        "[[]]", "{\"\": 0}", "[null]", "{\"type\": null}", "\"" + new string('x', 3000) + "\"",
        "[1, \"x\", null, {}]", "\"<|im_start|>\"",
        "{\"role\": \"user\"}", "{\"$ref\": \"#\"}", "\"(\"", "[{\"type\": \"text\"}]", "1000000000",
        "{\"a\": {\"a\": {\"a\": []}}}",
    ];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Damaged_requests_to_every_path_are_told_so_and_the_server_is_as_it_was()
    {
        var seed = LoadedServer.Seed();
        await using var server = await LoadedServer.StartAsync(new() { Threads = 1, ContextLength = 640, MaxSequences = 16 });
        await Valid_requests_are_answered(server);

        var problems = new ConcurrentQueue<string>();
        var next = -1;
        var answered = new ConcurrentDictionary<int, int>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(
            async () =>
            {
                while (Interlocked.Increment(ref next) is var round && round < Rounds)
                {
                    var random = new Random(HashCode.Combine(seed, round));
                    var (path, body) = Valid[round % Valid.Length];
                    var damaged = Damage(random, body);
                    if (await Problem(server.Client, path, damaged, answered) is not { } problem) continue;
                    problems.Enqueue($"round {round}, {path}: {problem}\n  for {Shown(damaged)}");
                }
            },
            Cancelled)));

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(
            ", ", answered.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(problems.IsEmpty, $"seed {seed}: {string.Join('\n', problems.Take(10))}");
        Assert.True(answered.GetValueOrDefault(400) > Rounds / 4, "hardly anything was wrong");
        Assert.True(answered.GetValueOrDefault(200) > Rounds / 20, "hardly anything was right");
        await server.IsAsBefore();
    }

    [Fact]
    public async Task JSON_that_is_nested_deep_is_refused_at_every_path()
    {
        await using var server = await LoadedServer.StartAsync(new() { Threads = 1, ContextLength = 256 });
        foreach (var path in Valid.Select(static valid => valid.Path).Distinct())
        {
            foreach (var (open, close) in ((string, string)[])[("[", "]"), ("{\"a\":", "}")])
            {
                var nested = new StringBuilder("{\"x\": ").Insert(6, open, 100_000).Append('1');
                nested.Insert(nested.Length, close, 100_000).Append('}');
                var (response, text) = await server.Client.SendAsync(path, nested.ToString());
                using (response) Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
                Assert.NotNull(JsonNode.Parse(text)!["error"]);
            }
        }

        await server.IsAsBefore();
    }

    [Theory]
    [InlineData("""{"prompt": "x", "guided_regex": "[ab]{5}", "min_tokens": 8, "max_tokens": 9}""")]
    [InlineData("""{"prompt": "x", "guided_regex": "", "min_tokens": 1, "max_tokens": 9}""")]
    [InlineData("""{"prompt": "x", "guided_choice": ["a"], "min_tokens": 3, "max_tokens": 9}""")]
    [InlineData("""{"prompt": "x", "guided_regex": "a*", "min_tokens": 3, "max_tokens": 5, "logit_bias": {"5": -100}}""")]
    public async Task Fields_that_leave_no_token_to_choose_are_no_failure_of_the_server(string body)
    {
        await using var server = await LoadedServer.StartAsync(new() { Threads = 1, ContextLength = 256 });
        var (response, text) = await server.Client.SendAsync("/v1/completions", body);
        using (response) Assert.True((int)response.StatusCode < 500, $"{response.StatusCode} {text}");
        await server.IsAsBefore();
    }

    private static async Task Valid_requests_are_answered(LoadedServer server)
    {
        foreach (var (path, body) in Valid)
        {
            var (response, text) = await server.Client.SendAsync(path, body);
            using (response) Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {text} for {body}");
        }
    }

    // What is wrong with the answer; null where it is one.
    private static async Task<string?> Problem(
        HttpClient client, string path, byte[] body, ConcurrentDictionary<int, int> answered)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        var status = (int)response.StatusCode;
        answered.AddOrUpdate(status, 1, static (_, count) => count + 1);
        if (status == 200) return null;
        if (status is not ((>= 400 and < 500) or 503)) return $"{status} {text}";
        var error = JsonNode.Parse(text)?["error"];
        var message = error is JsonObject ? error["message"] : error;
        return string.IsNullOrEmpty(message?.GetValue<string>()) ? $"{status} without an error: {text}" : null;
    }

    private static byte[] Damage(Random random, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(random.Next(4) == 0 ? body : Changed(random, body));
        if (random.Next(3) > 0) return bytes;
        for (var count = random.Next(1, 4); count > 0; count--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
    }

    // Values somewhere in it become others, are gone, or are joined by others.
    private static string Changed(Random random, string body)
    {
        var root = JsonNode.Parse(body)!;
        for (var count = random.Next(1, 3); count > 0; count--)
        {
            var containers = Containers(root).ToList();
            var junk = JsonNode.Parse(Junk[random.Next(Junk.Length)]);
            switch (containers[random.Next(containers.Count)])
            {
                case JsonObject some when some.Count > 0 && random.Next(5) > 0:
                    var name = some.ElementAt(random.Next(some.Count)).Key;
                    if (random.Next(5) == 0) some.Remove(name);
                    else some[name] = junk;
                    break;
                case JsonObject some:
                    some[$"x{random.Next(3)}"] = junk;
                    break;
                case JsonArray some when some.Count > 0 && random.Next(3) > 0:
                    some[random.Next(some.Count)] = junk;
                    break;
                case JsonArray some:
                    some.Add(junk);
                    break;
            }
        }

        return root.ToJsonString();
    }

    private static IEnumerable<JsonNode> Containers(JsonNode? node) => node switch
    {
        JsonObject some => some.SelectMany(static pair => Containers(pair.Value)).Prepend(some),
        JsonArray some => some.SelectMany(Containers).Prepend(some),
        _ => [],
    };

    private static string Shown(byte[] body) => Encoding.Latin1.GetString(body, 0, Math.Min(body.Length, 600));
}
