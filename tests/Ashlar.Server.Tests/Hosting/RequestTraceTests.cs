using System.Collections.Concurrent;
using System.Diagnostics;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Hosting;

/// <summary>Spans of requests, for whoever listens in the process.</summary>
public sealed class RequestTraceTests : IClassFixture<StoriesServer>, IDisposable
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736", Parent = "00f067aa0ba902b7";

    private readonly StoriesServer _stories;
    private readonly ConcurrentDictionary<string, Activity> _spans = [];
    private readonly ActivityListener _listener;

    public RequestTraceTests(StoriesServer stories)
    {
        _stories = stories;
        _listener = new()
        {
            ShouldListenTo = static source => source.Name == "Ashlar.Server",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span => _spans[$"{span.GetTagItem("gen_ai.request.id")}"] = span,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_a_part_of_the_clients_trace_and_named_by_its_route()
    {
        var span = await Send("GET", "/v1/models/no-such", $"00-{Trace}-{Parent}-01");
        Assert.Equal((Trace, Parent), (span.TraceId.ToHexString(), span.ParentSpanId.ToHexString()));
        Assert.Equal(("GET /v1/models/{model}", ActivityKind.Server), (span.DisplayName, span.Kind));
        Assert.Equal("/v1/models/no-such", span.GetTagItem("url.path"));
        Assert.Equal("/v1/models/{model}", span.GetTagItem("http.route"));
        Assert.Equal(_stories.Server.Address.Port, span.GetTagItem("server.port"));
        Assert.Equal((404, ActivityStatusCode.Unset), (span.GetTagItem("http.response.status_code"), span.Status));
    }

    [Theory]
    [InlineData("00-0000-01")]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01")]
    [InlineData("none of this")]
    public async Task A_damaged_parent_is_none(string parent)
    {
        var span = await Send("GET", "/health", parent);
        Assert.Equal(default, span.ParentSpanId);
        Assert.NotEqual(default, span.TraceId);
    }

    [Fact]
    public async Task A_word_that_is_no_method_or_no_path_of_ours_does_not_name_the_span()
    {
        var span = await Send("BREW", "/coffee", null);
        Assert.Equal("HTTP", span.DisplayName);
        Assert.Equal("_OTHER", span.GetTagItem("http.request.method"));
        Assert.Null(span.GetTagItem("http.route"));
    }

    public void Dispose() => _listener.Dispose();

    private async Task<Activity> Send(string method, string path, string? parent)
    {
        var id = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(new(method), path);
        request.Headers.Add("x-request-id", id);
        if (parent is not null) request.Headers.TryAddWithoutValidation("traceparent", parent);
        using var response = await _stories.Client.SendAsync(request, Cancelled);
        await Eventually.HoldsAsync(() => _spans.ContainsKey(id)); // it ends after the answer
        return _spans[id];
    }
}
