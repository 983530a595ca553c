using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Ollama;

public class OllamaTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/chat", """ "messages": [{"role": "system", "content": "Once"}, {"role": "user", "content": " upon"}]""", "message")]
    [InlineData("/api/generate", """ "prompt": " upon", "system": "Once" """, "response")]
    [InlineData("/api/generate", """ "prompt": "Once upon", "raw": true""", "response")]
    public async Task An_answer_streamed_or_not_has_the_text_that_chat_gives(string path, string input, string field)
    {
        var body = $$"""{"model": "stories260K:latest", "options": {"temperature": 0, "num_predict": 7, "num_gpu": 1}, "keep_alive": "5m", {{input}}""";
        var whole = await stories.Client.AskAsync(path, body + """, "stream": false}""");
        var chat = await stories.Client.AskAsync(
            "/v1/chat/completions",
            """{"messages": [{"role": "user", "content": "Once upon"}], "max_tokens": 7, "temperature": 0}""");
        var expected = chat.Text("choices", "0", "message", "content");
        Assert.Equal(expected, Content(whole));
        Assert.Equal(("true", "length", "7"), (whole.Text("done"), whole.Text("done_reason"), whole.Text("eval_count")));
        Assert.True(whole["total_duration"]!.GetValue<long>() > 0);

        var (response, text) = await stories.Client.SendAsync(path, body + "}");
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.ToString());
        var lines = text.Split('\n');
        Assert.Equal("", lines[^1]);
        var objects = lines[..^1].Select(static line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(expected, string.Concat(objects.Select(Content)));
        Assert.Equal(objects.Count - 1, objects.Count(static line => !line["done"]!.GetValue<bool>()));
        Assert.Equal("7", objects[^1].Text("eval_count"));

        string? Content(JsonNode line) => field == "message" ? line.Text("message", "content") : line.Text(field);
    }

    [Theory]
    [InlineData("/api/chat", "message")]
    [InlineData("/api/generate", "response")]
    public async Task An_empty_request_tells_that_the_model_is_loaded(string path, string field)
    {
        var answer = await stories.Client.AskAsync(path, """{"model": "stories260K"}""");
        Assert.Equal(("true", "load"), (answer.Text("done"), answer.Text("done_reason")));
        Assert.NotNull(answer[field]);
    }

    [Theory]
    [InlineData("/api/tags")]
    [InlineData("/api/ps")]
    public async Task The_models_are_listed(string path)
    {
        var list = JsonNode.Parse(await stories.Client.GetStringAsync(new Uri(path, UriKind.Relative), Cancelled))!;
        var model = Assert.Single(list["models"]!.AsArray())!;
        Assert.Equal(("stories260K", "llama", "F32"), (model.Text("name"), model.Text("details", "family"), model.Text("details", "quantization_level")));
        Assert.True(model["size"]!.GetValue<long>() > 1_000_000);
        Assert.Matches("^[0-9a-f]{64}$", model.Text("digest")!);
    }

    [Fact]
    public async Task A_model_is_described()
    {
        foreach (var body in (string[])["""{"model": "stories260K"}""", """{"name": "stories260K:latest"}"""])
        {
            var model = await stories.Client.AskAsync("/api/show", body);
            Assert.Equal("llama", model.Text("model_info", "general.architecture"));
            Assert.Equal(StoriesServer.Template, model.Text("template"));
            Assert.Equal("64", model.Text("model_info", "llama.embedding_length"));
        }

        var version = JsonNode.Parse(await stories.Client.GetStringAsync(new Uri("/api/version", UriKind.Relative), Cancelled));
        Assert.Matches("^[0-9]+\\.", version.Text("version")!);
    }

    [Theory]
    [InlineData("/api/chat", "", 400, "JSON")]
    [InlineData("/api/chat", """{"model": "none", "messages": []}""", 404, "'none'")]
    [InlineData("/api/chat", """{"messages": [{"role": "king", "content": "x"}]}""", 400, "messages[0].role")]
    [InlineData("/api/chat", """{"messages": [{"role": "user", "content": "x", "images": ["x"]}]}""", 400, "images")]
    [InlineData("/api/chat", """{"messages": [{"role": "user", "content": "x"}], "options": {"temprature": 1}}""", 400, "options.temprature")]
    [InlineData("/api/chat", """{"messages": [{"role": "user", "content": "x"}], "options": {"num_ctx": 100000}}""", 400, "options.num_ctx")]
    [InlineData("/api/chat", """{"messages": [{"role": "user", "content": "x"}], "mood": 1}""", 400, "mood")]
    [InlineData("/api/generate", """{"prompt": 1}""", 400, "prompt")]
    [InlineData("/api/generate", """{"prompt": "x", "suffix": "y"}""", 400, "suffix")]
    [InlineData("/api/generate", """{"prompt": "x", "think": 3}""", 400, "think")]
    [InlineData("/api/generate", """{"prompt": "x", "think": true}""", 400, "think")]
    [InlineData("/api/pull", "{}", 404, "/api/pull")]
    [InlineData("/api/tags", "{}", 405, "GET")]
    public async Task A_wrong_request_is_told_in_Ollamas_words(string path, string body, int status, string says)
    {
        var (response, text) = await stories.Client.SendAsync(path, body);
        Assert.Equal(status, (int)response.StatusCode);
        var error = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(["error"], error.Select(static field => field.Key));
        Assert.Contains(says, error.Text("error"), StringComparison.Ordinal);
    }
}
