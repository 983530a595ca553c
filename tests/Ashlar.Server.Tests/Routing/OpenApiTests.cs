using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Routing;

public class OpenApiTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    [Fact]
    public async Task Every_path_of_the_document_is_answered()
    {
        var text = await stories.Client.GetStringAsync(
            new Uri("/openapi.json", UriKind.Relative), TestContext.Current.CancellationToken);
        var document = JsonNode.Parse(text)!;
        Assert.Equal("3.1.0", document.Text("openapi"));
        var paths = document["paths"]!.AsObject();
        Assert.Contains("/v1/responses/{response_id}", paths.Select(static path => path.Key));
        foreach (var (path, operations) in paths)
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                Assert.NotEmpty(operation.Text("summary")!);
                var place = path.Replace("{model}", "stories260K", StringComparison.Ordinal)
                    .Replace("{response_id}", "resp_0", StringComparison.Ordinal);
                using var request = new HttpRequestMessage(new(method.ToUpperInvariant()), place);
                using var response = await stories.Client.SendAsync(request, TestContext.Current.CancellationToken);
                var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.DoesNotContain("unknown_url", body, StringComparison.Ordinal);
                Assert.NotEqual(405, (int)response.StatusCode);
            }
        }
    }
}
