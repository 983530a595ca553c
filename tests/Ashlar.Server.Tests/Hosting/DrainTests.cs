using System.Net;
using System.Text.Json.Nodes;

namespace Ashlar.Server.Tests.Hosting;

public class DrainTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_last_requests_run_it_is_not_ready_refuses_new_ones_and_stays_healthy()
    {
        await using var engine = StoriesServer.LoadEngine(new() { Threads = 1, ContextLength = 16384 });
        await using var server = await AshlarServer.StartAsync(engine, new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.OK, await Status("/ready"));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = Requests.Json("""{"prompt": "", "max_tokens": 16000, "ignore_eos": true, "stream": true}"""),
        };
        using var running = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        var stopped = server.StopAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Status("/ready"));
        Assert.Equal(HttpStatusCode.OK, await Status("/health"));
        Assert.Equal(HttpStatusCode.OK, await Status("/metrics"));
        foreach (var (path, type) in ((string, string)[])[("/v1/completions", "server_error"), ("/v1/messages", "overloaded_error")])
        {
            var (refused, text) = await client.SendAsync(path, """{"prompt": "x"}""");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(type, JsonNode.Parse(text).Text("error", "type"));
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        Assert.False(stopped.IsCompleted);
        running.Dispose(); // the client goes, and with it the last request
        await stopped;
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Status("/ready"));

        async Task<HttpStatusCode> Status(string path)
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Prompts_and_answers_are_logged_only_where_that_was_asked_for()
    {
        await using var engine = StoriesServer.LoadEngine();
        foreach (var logs in (bool[])[false, true])
        {
            using var log = new LogLines();
            await using (var server = await AshlarServer.StartAsync(
                engine, new() { Port = 0, LoggerFactory = log, LogsContent = logs }, Cancelled))
            {
                using var client = new HttpClient { BaseAddress = server.Address };
                await client.AskAsync("/v1/completions", """{"prompt": "secret\nline", "max_tokens": 3, "temperature": 0}""");
            }

            Assert.Equal(logs ? 3 : 1, log.Lines.Count);
            Assert.Equal(logs, log.Lines.Any(static line => line.Contains("secret\\nline", StringComparison.Ordinal)));
            Assert.All(log.Lines, static line => Assert.DoesNotContain('\n', line));
        }
    }
}
