using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Infill;

/// <summary>Requests of people who type: they go before chat, and end with the next keystroke.</summary>
public sealed class InfillSessionTests(InfillServer files) : IClassFixture<InfillServer>, IAsyncLifetime
{
    private const int Most = 15_000; // tokens; far more than are generated before a newer request comes

    private InferenceEngine _engine = null!;
    private AshlarServer _server = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Conformance.Path("stories260k");
        _engine = files.Load(new() { Threads = 1, ContextLength = Most + 100, MaxSequences = 2 });
        _server = await AshlarServer.StartAsync(
            [new(_engine) { ChatTemplate = StoriesServer.Template }], new() { Port = 0, ApiKeys = ["one", "two"] }, Cancelled);
        _client = Client("one");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Theory]
    [InlineData("\"session_id\": \"editor\"", false)]
    [InlineData("\"session_id\": \"editor\"", true)]
    [InlineData("\"id_slot\": 3", false)]
    public async Task The_next_keystroke_ends_the_answer_to_the_one_before(string session, bool isStreamed)
    {
        var first = _client.SendAsync("/infill", Long(session, isStreamed));
        await Running(1);
        var second = await _client.AskAsync("/infill", Short(session));
        Assert.Equal("limit", second.Text("stop_type"));

        var (response, text) = await first;
        Assert.Equal(200, (int)response.StatusCode);
        var last = JsonNode.Parse(isStreamed ? text.TrimEnd().Split("data: ")[^1] : text);
        Assert.Equal("superseded", last.Text("stop_type"));
        Assert.Equal("true", last.Text("stop"));
        Assert.InRange(last!["tokens_predicted"]!.GetValue<int>(), 0, Most / 2);
        await Running(0);
    }

    [Fact]
    public async Task Nobody_ends_what_is_not_of_the_own_session()
    {
        using var leaving = new CancellationTokenSource();
        using var stranger = Client("two");
        var first = _client.PostAsync(new Uri("/infill", UriKind.Relative), Requests.Json(Long("\"session_id\": \"a\"", false)), leaving.Token);
        await Running(1);
        await _client.AskAsync("/infill", Short("\"session_id\": \"b\""));
        await _client.AskAsync("/infill", Short("\"id_slot\": -1"));
        await stranger.AskAsync("/infill", Short("\"session_id\": \"a\""));
        await _client.AskAsync("/infill", """{"input_prefix": "a", "input_suffix": "", "n_predict": 0, "session_id": "a"}""");
        Assert.False(first.IsCompleted);

        // The client goes away, and its generation with it.
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Running(0);
    }

    [Fact]
    public async Task Whoever_types_takes_the_place_of_a_conversation_which_goes_on_later()
    {
        await using var engine = files.Load(new() { Threads = 1, ContextLength = Most + 100, MaxSequences = 1 });
        await using var server = await AshlarServer.StartAsync(
            [new(engine) { ChatTemplate = StoriesServer.Template }], new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        var chat = client.AskAsync(
            "/v1/chat/completions",
            """{"messages": [{"role": "user", "content": "Once"}], "max_tokens": 3000, "ignore_eos": true, "temperature": 0}""");
        await Eventually.HoldsAsync(() => engine.Statistics.GeneratedTokens >= 10);
        await client.AskAsync("/infill", Short("\"id_slot\": 0"));
        Assert.False(chat.IsCompleted);
        Assert.Equal(1, engine.Statistics.Preemptions);
        Assert.Equal(3000, (await chat)["usage"]!["completion_tokens"]!.GetValue<int>());
    }

    private static string Long(string session, bool isStreamed) =>
        $$"""
        {"input_prefix": "Once", "input_suffix": "", "n_predict": {{Most}}, "ignore_eos": true, {{session}},
         "stream": {{(isStreamed ? "true" : "false")}}}
        """;

    private static string Short(string session) =>
        $$"""{"input_prefix": "Once upon", "input_suffix": "", "n_predict": 4, "ignore_eos": true, {{session}}}""";

    private HttpClient Client(string key)
    {
        var client = new HttpClient { BaseAddress = _server.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    private Task Running(int count) => Eventually.HoldsAsync(() => _engine.ActiveRequests == count);
}
