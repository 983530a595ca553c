using System.Net;
using System.Text.Json.Nodes;
using Ashlar.Server.Access;

namespace Ashlar.Server.Tests.Access;

public class LimitTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Body = """{"prompt": "Once", "max_tokens": 4}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_sends_too_many_requests_waits_and_others_do_not()
    {
        await using var server = await Start(new() { Port = 0, ApiKeys = ["one", "two"], RequestsPerMinute = 2 });
        foreach (var left in (string[])["1", "0"])
        {
            using var served = await Ask(server, "one");
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
            Assert.Equal(("2", left), (Header(served, "x-ratelimit-limit-requests"), Header(served, "x-ratelimit-remaining-requests")));
        }

        using var refused = await Ask(server, "one");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        Assert.Matches("^[0-9]+ms$", Header(refused, "x-ratelimit-reset-requests"));
        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancelled))!["error"];
        Assert.Equal(("requests", "rate_limit_exceeded"), (error.Text("type"), error.Text("code")));

        using var other = await Ask(server, "two");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task A_key_that_uses_too_many_tokens_waits()
    {
        await using var server = await Start(new() { Port = 0, TokensPerMinute = 5 });
        using var served = await Ask(server, null);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        using var refused = await Ask(server, null);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal(("5", "0"), (Header(refused, "x-ratelimit-limit-tokens"), Header(refused, "x-ratelimit-remaining-tokens")));
        Assert.Equal("tokens", JsonNode.Parse(await refused.Content.ReadAsStringAsync(Cancelled)).Text("error", "type"));

        // What looks after the server is never turned away.
        using var client = new HttpClient { BaseAddress = server.Address };
        await client.GetStringAsync(new Uri("/health", UriKind.Relative), Cancelled);
    }

    [Fact]
    public void An_allowance_fills_up_evenly_and_may_be_overdrawn()
    {
        var clock = new SetClock();
        var bucket = new TokenBucket(60, clock);
        Assert.Equal((60, TimeSpan.Zero), (bucket.Remaining, bucket.Until(60)));
        bucket.Take(90);
        Assert.Equal((0, TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(90)), (bucket.Remaining, bucket.Until(1), bucket.UntilFull));
        clock.Add(TimeSpan.FromSeconds(40));
        Assert.Equal((10, TimeSpan.Zero), (bucket.Remaining, bucket.Until(1)));
        clock.Add(TimeSpan.FromHours(1));
        Assert.Equal(60, bucket.Remaining);
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private static async Task<HttpResponseMessage> Ask(AshlarServer server, string? key)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return await client.PostAsync("/v1/completions", Body);
    }

    private Task<AshlarServer> Start(ServerOptions options) => AshlarServer.StartAsync(stories.Engine, options, Cancelled);

    private sealed class SetClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Add(TimeSpan time) => _now += time.Ticks;
    }
}
