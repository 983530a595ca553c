using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests;

/// <summary>Requests as tests make them.</summary>
internal static class Requests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static StringContent Json(string body) => new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    public static Task<HttpResponseMessage> PostAsync(this HttpClient client, string path, string body) =>
        client.PostAsync(new Uri(path, UriKind.Relative), Json(body), Cancelled);

    /// <summary>Posts and gives the answer's object, which must have come with status 200.</summary>
    public static async Task<JsonNode> AskAsync(this HttpClient client, string path, string body)
    {
        using var response = await client.PostAsync(path, body);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Posts and gives the text of the whole response.</summary>
    public static async Task<(HttpResponseMessage Response, string Text)> SendAsync(
        this HttpClient client, string path, string body)
    {
        var response = await client.PostAsync(path, body);
        return (response, await response.Content.ReadAsStringAsync(Cancelled));
    }

    /// <summary>The text of all choices' events in a streamed answer.</summary>
    public static string TextOf(string events) => string.Concat(Events(events).Select(static chunk =>
    {
        var text = chunk["choices"]!.AsArray() is [var choice] ? choice!["text"] ?? choice["delta"]?["content"] : null;
        return text?.GetValue<string>();
    }));

    /// <summary>The events of a streamed answer but for the last, which must say that it is done.</summary>
    public static List<JsonNode> Events(string events)
    {
        var lines = events.Split("\n\n");
        Assert.Equal(["data: [DONE]", ""], lines[^2..]);
        return [.. lines[..^2].Select(line =>
        {
            Assert.StartsWith("data: ", line, StringComparison.Ordinal);
            return JsonNode.Parse(line["data: ".Length..])!;
        })];
    }
}
