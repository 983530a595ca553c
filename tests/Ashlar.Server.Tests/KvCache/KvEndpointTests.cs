using System.Net;
using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Models;

namespace Ashlar.Server.Tests.KvCache;

/// <summary>Blocks of keys and values between two real servers, and what a router learns of them.</summary>
public sealed class KvEndpointTests : IAsyncLifetime
{
    private const string Key = "key-of-tests";

    private readonly LanguageModel _model = LanguageModel.Load("synthetic:llama-tiny:q8_0");
    private readonly int[] _prompt = [.. Enumerable.Range(0, 200).Select(i => i * 13 % 250)];
    private InferenceEngine _engine = null!;
    private AshlarServer _server = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private GenerationRequest Request => new()
    {
        PromptTokens = _prompt,
        MaxTokens = 20,
        IgnoreEndOfSequence = true,
        Sampling = SamplingOptions.Greedy,
    };

    public async ValueTask InitializeAsync()
    {
        _engine = new(_model, new() { Threads = 1, ContextLength = 300, KvEvents = 100 });
        _server = await AshlarServer.StartAsync([new(_engine)], new() { Port = 0, ApiKeys = [Key] }, Cancelled);
        _client = new() { BaseAddress = _server.Address };
        _client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
    }

    [Fact]
    public async Task Another_engine_takes_the_blocks_of_a_prompt_from_its_peer_and_says_the_same()
    {
        var expected = await Tokens(_engine, Request);
        await using var other = new InferenceEngine(
            _model, new() { Threads = 1, ContextLength = 300, Peers = [_server.Address], PeerKey = Key });
        Assert.Equal(expected, await Tokens(other, Request));
        Assert.Equal(192, other.Statistics.FoundAtPeersTokens);
        Assert.Equal(0, other.Statistics.FoundTokens);
    }

    [Fact]
    public async Task A_peer_that_is_gone_or_refuses_costs_nothing_but_the_question()
    {
        await Tokens(_engine, Request);
        await using var other = new InferenceEngine(
            _model,
            new() { Threads = 1, ContextLength = 300, Peers = [new("http://127.0.0.1:9"), _server.Address], PeerKey = "wrong" });
        Assert.Equal(await Tokens(_engine, Request), await Tokens(other, Request));
        Assert.Equal(0, other.Statistics.FoundAtPeersTokens);
    }

    [Fact]
    public async Task Events_name_blocks_that_can_be_fetched()
    {
        await Tokens(_engine, Request);
        var events = await GetAsync("/kv/events?from=0");
        Assert.True(events["complete"]!.GetValue<bool>());
        var stored = events["events"]!.AsArray().Select(given => given!).ToArray();
        Assert.Equal(13, stored.Length); // full blocks of 200 + 19 tokens
        Assert.Equal(_prompt[..16], stored[0]["tokens"]!.AsArray().Select(token => token!.GetValue<int>()));
        for (var i = 1; i < stored.Length; i++)
        {
            Assert.Equal(stored[i - 1]["block"]!.GetValue<string>(), stored[i]["parent"]!.GetValue<string>());
        }

        using var block = await _client.GetAsync(new Uri($"/kv/blocks/{stored[3]["block"]}", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.OK, block.StatusCode);
        Assert.StartsWith("ASHLARKV", await block.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        var rest = await GetAsync($"/kv/events?from={events["next"]}");
        Assert.Empty(rest["events"]!.AsArray());
        Assert.False((await GetAsync("/kv/events?from=1000"))["complete"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("/kv/blocks/00000000000000000000000000000000", HttpStatusCode.NotFound)]
    [InlineData("/kv/blocks/no-name", HttpStatusCode.NotFound)]
    [InlineData("/kv/events?from=-1", HttpStatusCode.BadRequest)]
    [InlineData("/kv/events?limit=99999999", HttpStatusCode.BadRequest)]
    [InlineData("/kv/events?model=other", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_said(string path, HttpStatusCode status)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Without_a_key_nobody_gets_a_block()
    {
        using var stranger = new HttpClient { BaseAddress = _server.Address };
        using var response = await stranger.GetAsync(new Uri("/kv/events", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
        _model.Dispose();
    }

    private static async Task<int[]> Tokens(InferenceEngine engine, GenerationRequest request)
    {
        var tokens = new List<int>();
        await foreach (var update in engine.GenerateAsync(request, Cancelled)) tokens.AddRange(update.Tokens.Span);
        return [.. tokens];
    }

    private async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await _client.GetStringAsync(new Uri(path, UriKind.Relative), Cancelled))!;
}
