using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Hosting;

public class LifetimeTests(StoriesServer stories) : IClassFixture<StoriesServer>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_and_version_answer()
    {
        Assert.Equal("""{"status":"ok"}""", await stories.Client.GetStringAsync(new Uri("/health", UriKind.Relative), Cancelled));
        var answer = JsonNode.Parse(await stories.Client.GetStringAsync(new Uri("/version", UriKind.Relative), Cancelled))!;
        Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9]+", answer["version"]!.GetValue<string>());
        using var head = new HttpRequestMessage(HttpMethod.Head, "/health");
        using var response = await stories.Client.SendAsync(head, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public void A_failed_engine_is_unavailable_with_its_reason()
    {
        var error = HostedModel.FailureOf("m", new InvalidOperationException("the reason"));
        Assert.Equal((503, "engine_failed"), (error.Status, error.Code));
        Assert.Contains("the reason", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logits_that_allow_no_choice_are_the_servers_error()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ashlar-damaged-{Guid.NewGuid():N}.gguf");
        try
        {
            // The file ends with weights, and these bits are NaN in every floating-point format.
            var bytes = await File.ReadAllBytesAsync(Testing.Conformance.Path("stories260k", "stories260K.gguf"), Cancelled);
            bytes.AsSpan(^4096..).Fill(0xFF);
            await File.WriteAllBytesAsync(path, bytes, Cancelled);
            await using var engine = InferenceEngine.Load(path, new() { Threads = 1 });
            await using var server = await AshlarServer.StartAsync(engine, new() { Port = 0 }, Cancelled);
            using var client = new HttpClient { BaseAddress = server.Address };
            foreach (var stream in (string[])["false", "true"])
            {
                var (response, text) = await client.SendAsync("/v1/completions", $$"""{"prompt": "x", "stream": {{stream}}}""");
                Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
                Assert.Equal("no_valid_token", JsonNode.Parse(text)!["error"]!["code"]!.GetValue<string>());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void What_nobody_expected_is_told_without_its_inside()
    {
        var error = new InvalidOperationException("a secret path").ToApiError();
        Assert.Equal(500, error.Status);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_asked_to_stop_lets_requests_end_and_then_refuses_all()
    {
        await using var server = await AshlarServer.StartAsync(stories.Engine, new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        using var stop = new CancellationTokenSource();
        var waiting = server.WaitForShutdownAsync(stop.Token);

        var answer = client.AskAsync("/v1/completions", """{"prompt": "", "max_tokens": 300, "ignore_eos": true}""");
        await Eventually.HoldsAsync(() => stories.Engine.ActiveRequests > 0 || answer.IsCompleted);
        await stop.CancelAsync();
        Assert.Equal(300, (await answer)["usage"]!["completion_tokens"]!.GetValue<int>());
        await waiting;
        await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetStringAsync(new Uri("/health", UriKind.Relative), Cancelled));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_that_outlast_the_grace_period_end_with_an_error(bool stream)
    {
        await using var engine = StoriesServer.LoadEngine(new() { Threads = 1, ContextLength = 16384 });
        await using var server = await AshlarServer.StartAsync(
            engine, new() { Port = 0, GracePeriod = TimeSpan.FromMilliseconds(50) }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        var answer = client.SendAsync(
            "/v1/completions",
            $$"""{"prompt": "", "max_tokens": 16000, "ignore_eos": true, "stream": {{(stream ? "true" : "false")}}}""");
        await Eventually.HoldsAsync(() => engine.ActiveRequests > 0);
        if (stream) await Task.Delay(20, Cancelled);
        await server.StopAsync();

        var (response, text) = await answer;
        Assert.Contains("\"code\":\"server_shutting_down\"}}", text, StringComparison.Ordinal);
        if (!stream) Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await Eventually.HoldsAsync(() => engine.ActiveRequests == 0); // within one token
    }

    [Fact]
    public async Task A_client_that_reads_too_slowly_is_told_all_the_same_when_the_grace_period_ends()
    {
        await using var engine = StoriesServer.LoadEngine(new() { Threads = 1, ContextLength = 16384 });
        await using var server = await AshlarServer.StartAsync(
            engine, new() { Port = 0, GracePeriod = TimeSpan.FromMilliseconds(50) }, Cancelled);
        using var connection = new TcpClient { ReceiveBufferSize = 4096 };
        await connection.ConnectAsync(server.Address.Host, server.Address.Port, Cancelled);
        var body = """{"prompt": "", "max_tokens": 1500, "n": 16, "ignore_eos": true, "stream": true, "logprobs": 5}""";
        var request = $"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}";
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Cancelled);
        await Eventually.HoldsAsync(() => engine.ActiveRequests > 0);
        await Eventually.HoldsAsync(() => engine.ActiveRequests == 0); // more is there to be written than buffers hold

        var stopped = server.StopAsync();
        await Task.Delay(200, Cancelled);
        using var reader = new StreamReader(connection.GetStream(), Encoding.UTF8);
        var text = await reader.ReadToEndAsync(Cancelled);
        await stopped;
        Assert.Contains("\"code\":\"server_shutting_down\"}}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_or_a_wrong_option_is_an_error_that_names_it()
    {
        var taken = await Assert.ThrowsAnyAsync<IOException>(
            () => AshlarServer.StartAsync(stories.Engine, new() { Port = stories.Server.Address.Port }, Cancelled));
        Assert.Contains($"{stories.Server.Address.Port}", taken.Message, StringComparison.Ordinal);
        foreach (var options in (ServerOptions[])
            [
                new() { Port = 65536 }, new() { Port = -1 }, new() { Host = "no such host" }, new() { MaxRequestBytes = 0 },
                new() { GracePeriod = TimeSpan.FromSeconds(-1) }, new() { ApiKeys = [""] }, new() { ApiKeys = ["a b"] },
            ])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => AshlarServer.StartAsync(stories.Engine, options, Cancelled));
        }
    }

    [Fact]
    public async Task The_log_has_a_line_for_each_request_and_no_prompt()
    {
        using var log = new LogLines();
        var options = new ServerOptions { Port = 0, LoggerFactory = log };
        await using (var server = await AshlarServer.StartAsync(stories.Engine, options, Cancelled))
        {
            using var client = new HttpClient { BaseAddress = server.Address };
            await client.AskAsync("/v1/completions", """{"prompt": "secret", "max_tokens": 3}""");
            await client.SendAsync("/v1/completions", """{"prompt": "secret", "nonsense": 3}""");
            using var forged = await client.GetAsync(new Uri("/x%0aforged", UriKind.Relative), Cancelled);
        }

        Assert.Equal(3, log.Lines.Count);
        Assert.Matches(@"^POST /v1/completions 200 in [0-9]+\.[0-9] ms, [0-9]+ tokens in, 3 out, id [0-9a-f]{32}$", log.Lines.First());
        Assert.All(log.Lines, static line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
        Assert.All(log.Lines, static line => Assert.DoesNotContain('\n', line));
    }
}
