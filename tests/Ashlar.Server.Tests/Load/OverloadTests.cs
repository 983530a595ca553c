using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Load;

/// <summary>More clients than the server can serve, and clients that are larger or slower than any should be.</summary>
public class OverloadTests
{
    private const string Text = "/v1/completions";
    private const string Endless =
        """{"prompt": "a chat that goes on", "max_tokens": 15000, "ignore_eos": true, "stream": true}""";

    private static readonly EngineOptions Few =
        new() { Threads = 1, MaxSequences = 4, QueueCapacity = 32, ContextLength = 16_000, CacheTokens = 40_000 };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hundred_clients_are_served_or_told_at_once_to_come_again_and_a_chat_goes_on()
    {
        await using var server = await LoadedServer.StartAsync(Few);
        using var chat = await server.SendRaw(LoadedServer.Post(Text, Endless));
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var drain = Drain(chat.GetStream(), reading.Token);
        var watch = new ProgressWatch(server.Engine);
        await watch.BeginAsync();

        var arrivals = 0;
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(
            async () =>
            {
                var stream = i % 2 == 0 ? "true" : "false";
                var (response, text) = await server.Client.SendAsync(
                    Text, $$"""{"prompt": "x", "max_tokens": 150, "ignore_eos": true, "seed": {{i}}, "stream": {{stream}}}""");
                var place = Interlocked.Increment(ref arrivals);
                using (response) return (Status: response.StatusCode, response.Headers.RetryAfter, text, Place: place);
            },
            Cancelled)));

        await watch.EndAsync(least: 100);
        var served = answers.Where(answer => answer.Status == HttpStatusCode.OK).ToArray();
        var refused = answers.Except(served).ToArray();
        Assert.True(served.Length >= 32 + 3, $"{served.Length} were served");
        Assert.NotEmpty(refused);
        Assert.All(refused, static answer =>
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.InRange(answer.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
            Assert.Equal("queue_full", JsonNode.Parse(answer.text).Text("error", "code"));
        });
        var (told, done) = (Middle(refused.Select(answer => answer.Place)), Middle(served.Select(answer => answer.Place)));
        Assert.True(told < done, "the refused waited");
        Assert.All(served, static answer => Assert.True(
            answer.text.EndsWith("[DONE]\n\n", StringComparison.Ordinal)
                || JsonNode.Parse(answer.text)!["usage"]!["completion_tokens"]!.GetValue<int>() == 150,
            answer.text));

        await reading.CancelAsync();
        await drain;
        chat.Close();
        await server.IsAsBefore();

        static int Middle(IEnumerable<int> places) => places.Order().ElementAt(places.Count() / 2);
    }

    [Fact]
    public async Task A_client_that_hardly_reads_holds_up_nobody_and_little_memory()
    {
        await using var server = await LoadedServer.StartAsync(Few);
        using var slow = await server.SendRaw(
            LoadedServer.Post(
                Text, """{"prompt": "slow", "max_tokens": 15000, "ignore_eos": true, "stream": true, "logprobs": 20}"""),
            receiveBytes: 4096);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var dripping = Drain(slow.GetStream(), reading.Token, slowly: true);
        await Eventually.HoldsAsync(() => server.Engine.Statistics.GeneratedTokens >= 100);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < 3; i++)
            {
                var (response, text) = await server.Client.SendAsync(
                    Text, """{"prompt": "x", "max_tokens": 300, "ignore_eos": true, "stream": true}""");
                using (response) Assert.EndsWith("[DONE]\n\n", text, StringComparison.Ordinal);
            }
        }));
        var after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(after - before < 64 << 20, $"the heap grew by {after - before} bytes");

        await reading.CancelAsync();
        await dripping;
        slow.Close();
        await server.IsAsBefore();
    }

    [Fact]
    public async Task Connections_that_never_finish_a_request_are_closed_and_hold_up_nobody()
    {
        await using var server = await LoadedServer.StartAsync(
            Few, new() { Port = 0, Patience = TimeSpan.FromSeconds(2) });
        const string Head = "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
        string[] halves =
        [
            "POST /v1/comp", "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Ty",
            $"{Head}Content-Length: 1000\r\n\r\n{{\"prompt\"", $"{Head}Transfer-Encoding: chunked\r\n\r\n5\r\n{{\"pro",
        ];
        var connections = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => server.SendRaw(halves[i % 4])));
        await server.IsAsBefore();
        await Task.WhenAll(connections.Select(async connection =>
        {
            using (connection)
            {
                // Told 408 where the request had a head, and closed.
                var answer = new StringBuilder();
                var buffer = new byte[512];
                try
                {
                    while (await connection.GetStream().ReadAsync(buffer, Cancelled) is > 0 and var count)
                    {
                        answer.Append(Encoding.ASCII.GetString(buffer, 0, count));
                    }
                }
                catch (IOException)
                {
                    // A reset is an end too.
                }

                if (answer.Length > 0) Assert.StartsWith("HTTP/1.1 408 ", answer.ToString(), StringComparison.Ordinal);
            }
        }));
        await server.IsAsBefore();
    }

    [Theory]
    [InlineData("word ")]
    [InlineData("a")]
    public async Task Bodies_of_ten_megabytes_are_refused_without_holding_up_a_chat(string piece)
    {
        await using var server = await LoadedServer.StartAsync(Few, new() { Port = 0, MaxRequestBytes = 11 << 20 });
        using var chat = await server.SendRaw(LoadedServer.Post(Text, Endless));
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var drain = Drain(chat.GetStream(), reading.Token);
        var watch = new ProgressWatch(server.Engine);
        await watch.BeginAsync();
        var texts = string.Concat(Enumerable.Repeat(piece, (10 << 20) / piece.Length));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            var body = i % 2 == 0
                ? $$"""{"prompt": "{{texts}}"}"""
                : $$"""{"messages": [{"role": "user", "content": "{{texts}}"}]}""";
            var (response, text) = await server.Client.SendAsync(i % 2 == 0 ? Text : "/v1/chat/completions", body);
            using (response) Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("context_length_exceeded", JsonNode.Parse(text).Text("error", "code"));
        }));
        // Whoever asks before sending is told at once; others may find the connection closed before they are through.
        using var request = new HttpRequestMessage(HttpMethod.Post, Text);
        request.Content = Requests.Json($$"""{"prompt": "{{texts}}{{texts}}"}""");
        request.Headers.ExpectContinue = true;
        using (var large = await server.Client.SendAsync(request, Cancelled))
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
            var told = await large.Content.ReadAsStringAsync(Cancelled);
            Assert.Equal("request_too_large", JsonNode.Parse(told).Text("error", "code"));
        }

        await watch.EndAsync(least: 1);

        await reading.CancelAsync();
        await drain;
        chat.Close();
        await server.IsAsBefore();
    }

    // Reads until it is told to end, or the server closes.
    private static async Task Drain(Stream stream, CancellationToken end, bool slowly = false)
    {
        var buffer = new byte[slowly ? 1 : 65536];
        try
        {
            while (await stream.ReadAsync(buffer, end) > 0)
            {
                if (slowly) await Task.Delay(100, end);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // as it was asked for, or cut off for its slowness
        }
    }
}
