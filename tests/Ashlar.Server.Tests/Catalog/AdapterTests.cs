using System.Net;
using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Catalog;

public class AdapterTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_adapter_is_loaded_listed_asked_by_every_protocol_and_unloaded()
    {
        await using var server = await AdapterServer.StartAsync();
        var bare = await server.TextAsync("stories");
        Assert.Equal(
            (HttpStatusCode.OK, "Success: LoRA adapter 'tuned' added successfully."),
            await Outcome(server.LoadAsync("tuned", "first.gguf")));
        var tuned = await server.TextAsync("tuned");
        Assert.NotEqual(bare, tuned);
        Assert.Equal(await GenerateAsync(server.Engine, "tuned"), tuned);
        Assert.Equal(bare, await server.TextAsync("stories"));

        var models = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/v1/models", UriKind.Relative), Cancelled))!["data"]!;
        Assert.Equal(
            [("stories", null, "stories"), ("tuned", "stories", server.PathOf("first.gguf"))],
            models.AsArray().Select(static model => (model.Text("id"), model.Text("parent"), model.Text("root"))));
        var one = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/v1/models/tuned", UriKind.Relative), Cancelled));
        Assert.Equal("tuned", one.Text("id"));

        const string Messages = """ "messages": [{"role": "user", "content": "Once upon"}] """;
        foreach (var (path, field, body, text) in ((string, string, string, string[])[])
            [
                ("/v1/chat/completions", "max_tokens", Messages, ["choices", "0", "message", "content"]),
                ("/v1/completions", "max_tokens", """ "prompt": "Once upon" """, ["choices", "0", "text"]),
                ("/v1/messages", "max_tokens", Messages, ["content", "0", "text"]),
                ("/v1/responses", "max_output_tokens", """ "input": "Once upon" """, ["output", "0", "content", "0", "text"]),
                ("/api/chat", "", $$"""{{Messages}}, "stream": false, "options": {"temperature": 0, "num_predict": 12}""", ["message", "content"]),
                ("/api/generate", "", """ "prompt": "Once upon", "stream": false, "options": {"temperature": 0, "num_predict": 12}""", ["response"]),
            ])
        {
            var more = field.Length == 0 ? "" : $", \"temperature\": 0, \"{field}\": 12";
            var answer = await server.Client.AskAsync(path, $$"""{"model": "tuned", {{body}}{{more}}}""");
            Assert.Equal("tuned", answer.Text("model"));
            Assert.Equal(tuned, answer.Text(text));
        }

        foreach (var path in (string[])["/v1/embeddings", "/api/embed"])
        {
            var refused = await server.Client.SendAsync(path, """{"model": "tuned", "input": "x"}""");
            Assert.Equal(HttpStatusCode.BadRequest, refused.Response.StatusCode);
            Assert.Contains("'stories'", refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal(
            (HttpStatusCode.OK, "Success: LoRA adapter 'tuned' removed successfully."),
            await Outcome(server.UnloadAsync("tuned", ", \"lora_int_id\": 3")));
        var gone = await server.Client.SendAsync("/v1/completions", """{"model": "tuned", "prompt": "x"}""");
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (gone.Response.StatusCode, Code(gone.Text)));
        Assert.Equal((HttpStatusCode.NotFound, "lora_name"), (
            (await server.UnloadAsync("tuned")).Response.StatusCode,
            JsonNode.Parse((await server.UnloadAsync("tuned")).Text).Text("error", "param")));
    }

    [Fact]
    public async Task A_stream_goes_on_with_its_adapter_while_others_come_and_go()
    {
        await using var server = await AdapterServer.StartAsync(new()
        {
            Threads = 1,
            MaxAdapters = 2,
            MaxAdapterRank = 4,
            ContextLength = 4000,
            Speculation = SpeculationMethod.None,
        });
        await Outcome(server.LoadAsync("a", "first.gguf"));
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = Requests.Json("""{"model": "a", "prompt": "", "temperature": 0, "max_tokens": 3900, "ignore_eos": true, "stream": true}"""),
        };
        using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, source.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(source.Token));
        var first = JsonNode.Parse((await reader.ReadLineAsync(source.Token))!["data: ".Length..]);
        Assert.Equal("a", first.Text("model"));

        // The name is free at once, its place when the stream has ended; in between there is one for another.
        var unloading = server.UnloadAsync("a");
        await Eventually.HoldsAsync(() => server.Engine.Adapters.Count == 0);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Client.SendAsync("/v1/completions", """{"model": "a", "prompt": "x"}""")).Response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Outcome(server.LoadAsync("a", "second.gguf"))).Status);
        Assert.Equal("adapter_refused", Code((await server.LoadAsync("b", "first.gguf")).Text));
        var second = await server.TextAsync("a");
        Assert.False(unloading.IsCompleted);
        Assert.Contains("\"a\"", await reader.ReadLineAsync(source.Token) + await reader.ReadLineAsync(source.Token), StringComparison.Ordinal);

        await source.CancelAsync();
        Assert.Equal(HttpStatusCode.OK, (await Outcome(unloading)).Status);
        Assert.Equal(HttpStatusCode.OK, (await Outcome(server.LoadAsync("b", "peft"))).Status);
        Assert.NotEqual(second, await server.TextAsync("b"));
        Assert.Equal(second, await server.TextAsync("a"));
    }

    [Fact]
    public async Task An_adapter_in_place_of_another_answers_from_then_on_and_a_broken_one_does_not()
    {
        await using var server = await AdapterServer.StartAsync(new() { Threads = 1, MaxAdapters = 1, MaxAdapterRank = 4 });
        const string InPlace = ", \"load_inplace\": true";
        Assert.Equal(HttpStatusCode.OK, (await Outcome(server.LoadAsync("a", "first.gguf", InPlace))).Status);
        var first = await server.TextAsync("a");
        Assert.Equal("name_taken", Code((await server.LoadAsync("a", "second.gguf")).Text));
        Assert.Equal("adapter_invalid", Code((await server.LoadAsync("a", "broken.gguf", InPlace)).Text));
        Assert.Equal(first, await server.TextAsync("a"));
        Assert.Equal(HttpStatusCode.OK, (await Outcome(server.LoadAsync("a", "second.gguf", InPlace))).Status);
        Assert.NotEqual(first, await server.TextAsync("a"));
    }

    [Fact]
    public async Task Nothing_outside_of_the_folder_is_read()
    {
        await using var server = await AdapterServer.StartAsync();
        foreach (var path in (string[])
            [
                "../outside.gguf", server.Outside, "out.gguf", "up/outside.gguf", "up/adapters/../outside.gguf", "half",
                "/etc/passwd", "..", ".", "up", "peft/../../outside.gguf", $"{server.Folder}x/first.gguf", "//etc/passwd",
            ])
        {
            var (response, text) = await server.LoadAsync("x", path);
            Assert.True(response.StatusCode == HttpStatusCode.Forbidden, $"{path}: {text}");
            Assert.Equal(("adapter_path_forbidden", "lora_path"), (Code(text), JsonNode.Parse(text).Text("error", "param")));
        }

        foreach (var path in (string[])["none.gguf", "none/none", "circle.gguf", "", "first.gguf/x", "a\\u0000b", new string('a', 5000)])
        {
            var (response, text) = await server.LoadAsync("x", path);
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{path}: {text}");
            Assert.Equal("lora_path", JsonNode.Parse(text).Text("error", "param"));
            Assert.DoesNotContain(server.Folder, text, StringComparison.Ordinal);
        }

        Assert.Empty(server.Engine.Adapters);
        foreach (var path in (string[])["up/adapters/first.gguf", "./peft/../again.gguf"])
        {
            Assert.Equal(HttpStatusCode.OK, (await Outcome(server.LoadAsync(path, path))).Status);
        }
    }

    [Fact]
    public async Task What_cannot_be_loaded_is_told_with_its_field()
    {
        await using var server = await AdapterServer.StartAsync(otherModel: "other");
        const string Model = ", \"model\": \"stories\"";
        foreach (var (name, path, more, param, code) in ((string, string, string, string?, string)[])
            [
                ("stories", "first.gguf", Model, "lora_name", "name_taken"),
                ("other", "first.gguf", Model, "lora_name", "name_taken"),
                ("x", "first.gguf", "", "model", "missing_required_parameter"),
                ("x", "first.gguf", ", \"model\": \"none\"", "model", "model_not_found"),
                ("x", "broken.gguf", Model, "lora_path", "adapter_invalid"),
                ("x", "large.gguf", Model, null, "adapter_refused"),
                ("", "first.gguf", Model, null, "adapter_refused"),
                ("x", "first.gguf", $"{Model}, \"rank\": 3", "rank", "unknown_parameter"),
            ])
        {
            var (_, text) = await server.LoadAsync(name, path, more);
            Assert.Equal((param, code), (JsonNode.Parse(text).Text("error", "param"), Code(text)));
            Assert.DoesNotContain(server.Folder, text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await Outcome(server.LoadAsync("x", "first.gguf", Model))).Status);
        Assert.Equal("name_taken", Code((await server.LoadAsync("x", "first.gguf", ", \"model\": \"other\", \"load_inplace\": true")).Text));
        Assert.Equal("invalid_value", Code((await server.UnloadAsync("x", ", \"model\": \"other\"")).Text));
        Assert.Equal("invalid_value", Code((await server.UnloadAsync("stories")).Text));
        Assert.Equal("missing_required_parameter", Code((await server.Client.SendAsync("/v1/unload_lora_adapter", "{}")).Text));
    }

    [Fact]
    public async Task Without_a_folder_requests_load_nothing_and_given_adapters_are_there()
    {
        await using var server = await AdapterServer.StartAsync(withFolder: false, adapters: new ServedAdapter("given", "peft"));
        var (response, text) = await server.LoadAsync("x", "first.gguf");
        Assert.Equal((HttpStatusCode.Forbidden, "adapter_loading_disabled"), (response.StatusCode, Code(text)));
        Assert.Contains("--lora-dir", text, StringComparison.Ordinal);
        Assert.Equal(await GenerateAsync(server.Engine, "given"), await server.TextAsync("given"));
        var tags = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/api/tags", UriKind.Relative), Cancelled))!["models"]!;
        Assert.Equal(("given", "stories"), (tags[1].Text("name"), tags[1].Text("details", "parent_model")));
    }

    [Fact]
    public async Task A_given_adapter_with_the_name_of_a_model_stops_the_start()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => AdapterServer.StartAsync(adapters: new ServedAdapter("stories", "peft")));
        Assert.Contains("'stories'", error.Message, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Text)> Outcome(Task<(HttpResponseMessage Response, string Text)> sent)
    {
        var (response, text) = await sent;
        return (response.StatusCode, text);
    }

    private static string? Code(string error) => JsonNode.Parse(error).Text("error", "code");

    private static async Task<string> GenerateAsync(InferenceEngine engine, string adapter)
    {
        var request = new GenerationRequest
        {
            PromptTokens = engine.Model.Tokenizer!.Encode("Once upon", addSpecial: true, parseSpecial: true),
            MaxTokens = 12,
            Sampling = SamplingOptions.Greedy,
            Adapter = adapter,
        };
        var text = "";
        await foreach (var update in engine.GenerateAsync(request, Cancelled)) text += update.Text;
        return text;
    }
}
