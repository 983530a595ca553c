namespace Ashlar.Server.Tests.Hosting;

/// <summary>The name by which a request is found again: in its answer, in the log and in traces.</summary>
public class RequestIdTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Header = "x-request-id";
    private const string Long = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", TooLong = Long + Long + "0";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health", 200)]
    [InlineData("/nothing", 404)] // errors have it as well
    public async Task A_clients_name_comes_back(string path, int status)
    {
        using var response = await Get(path, "job-7_a.b:c");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(["job-7_a.b:c"], response.Headers.GetValues(Header));
    }

    [Theory]
    [InlineData()]
    [InlineData("a b")]
    [InlineData("\"quoted\"")]
    [InlineData("x", "y")]
    [InlineData("a/../b")]
    [InlineData(TooLong)]
    public async Task A_name_that_is_missing_or_unsafe_or_too_long_is_replaced(params string[] sent)
    {
        using var first = await Get("/health", sent);
        using var second = await Get("/health", sent);
        var names = new[] { first, second }.Select(static response => Assert.Single(response.Headers.GetValues(Header))).ToList();
        Assert.All(names, static name => Assert.Matches("^[0-9a-f]{32}$", name));
        Assert.NotEqual(names[0], names[1]);
    }

    [Fact]
    public async Task The_log_and_a_streamed_answer_have_the_name()
    {
        using var log = new LogLines();
        var options = new ServerOptions { Port = 0, LoggerFactory = log };
        await using var server = await AshlarServer.StartAsync(stories.Engine, options, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add(Header, "streamed-1");
        var (response, _) = await client.SendAsync("/v1/completions", """{"prompt": "x", "max_tokens": 2, "stream": true}""");
        Assert.Equal(["streamed-1"], response.Headers.GetValues(Header));
        Assert.Contains("2 out", await log.WaitForAsync("id streamed-1"), StringComparison.Ordinal);
        response.Dispose();
    }

    private Task<HttpResponseMessage> Get(string path, params string[] ids)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var id in ids) request.Headers.TryAddWithoutValidation(Header, id);
        return stories.Client.SendAsync(request, Cancelled);
    }
}
