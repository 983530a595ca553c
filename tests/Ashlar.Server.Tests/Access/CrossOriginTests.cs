using System.Net;

namespace Ashlar.Server.Tests.Access;

public class CrossOriginTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private const string Page = "https://page.example";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_origins_no_page_may_read_an_answer()
    {
        using var response = await Send(stories.Client, HttpMethod.Get, "/v1/models", Page);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        using var asked = await Preflight(stories.Client, Page);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, asked.StatusCode);
    }

    [Theory]
    [InlineData(Page, Page, Page)]
    [InlineData(Page, "https://PAGE.example", "https://PAGE.example")]
    [InlineData(Page, "https://other.example", null)]
    [InlineData(Page, "https://page.example.evil.example", null)]
    [InlineData("*", "https://other.example", "*")]
    public async Task A_page_of_an_origin_that_may_is_told_so_by_question_answer_and_error(string allowed, string origin, string? told)
    {
        var options = new ServerOptions { Port = 0, CorsOrigins = [allowed], ApiKeys = ["key"] };
        await using var server = await AshlarServer.StartAsync(stories.Engine, options, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        using var refused = await Send(client, HttpMethod.Get, "/v1/models", origin);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(told, Origin(refused));
        Assert.Equal("Origin", refused.Headers.Vary.ToString());

        using var asked = await Preflight(client, origin);
        Assert.Equal(told, Origin(asked));
        Assert.Equal(told is null ? HttpStatusCode.Unauthorized : HttpStatusCode.NoContent, asked.StatusCode);
        if (told is not null) Assert.Equal("authorization, content-type", asked.Headers.GetValues("Access-Control-Allow-Headers").Single());

        client.DefaultRequestHeaders.Authorization = new("Bearer", "key");
        using var served = await Send(client, HttpMethod.Get, "/v1/models", origin);
        Assert.Equal((HttpStatusCode.OK, told), (served.StatusCode, Origin(served)));
    }

    [Theory]
    [InlineData("page.example")]
    [InlineData("https://page.example/")]
    [InlineData("https://page.example/path")]
    [InlineData("ftp://page.example")]
    [InlineData("")]
    public async Task What_is_no_origin_is_an_error_that_names_it(string origin)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => AshlarServer.StartAsync(stories.Engine, new() { Port = 0, CorsOrigins = [origin] }, Cancelled));
        Assert.Contains($"'{origin}'", error.Message, StringComparison.Ordinal);
    }

    private static string? Origin(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null;

    private static Task<HttpResponseMessage> Preflight(HttpClient client, string origin) =>
        Send(client, HttpMethod.Options, "/v1/chat/completions", origin, ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "authorization, content-type"));

    private static async Task<HttpResponseMessage> Send(
        HttpClient client, HttpMethod method, string path, string origin, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers.Append(("Origin", origin))) request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request, Cancelled);
    }
}
