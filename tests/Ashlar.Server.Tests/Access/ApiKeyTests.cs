using System.Net;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Access;

public class ApiKeyTests(LockedServer stories) : IClassFixture<LockedServer>
{
    [Theory]
    [InlineData("Bearer first-key", true)]
    [InlineData("bearer second-key", true)]
    [InlineData("Bearer  second-key ", true)]
    [InlineData("Bearer first-key2", false)]
    [InlineData("Bearer first-ke", false)]
    [InlineData("Bearer", false)]
    [InlineData("Bearer ", false)]
    [InlineData("first-key", false)]
    [InlineData("Basic first-key", false)]
    [InlineData("Bearer first-key, Bearer second-key", false)]
    [InlineData(null, false)]
    public async Task Only_a_right_key_opens(string? authorization, bool opens)
    {
        foreach (var path in (string[])["/v1/models", "/v1/chat/completions", "/nowhere"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await stories.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(!opens, response.StatusCode == HttpStatusCode.Unauthorized);
            if (opens) continue;

            var error = JsonNode.Parse(
                await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
            Assert.Equal("invalid_api_key", error["code"]!.GetValue<string>());
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        }
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/version")]
    public async Task Health_and_version_are_open(string path)
    {
        using var response = await stories.Client.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
