using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Ashlar.Engine;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Hosting;

/// <summary>Clients that go away while the model generates for them.</summary>
public sealed class DisconnectTests : IAsyncLifetime
{
    private const int Most = 15_000; // tokens; far more than are generated before a client is found gone

    private readonly LogLines _log = new();
    private InferenceEngine _engine = null!;
    private AshlarServer _server = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = StoriesServer.LoadEngine(new() { Threads = 1, ContextLength = Most + 100 });
        _server = await AshlarServer.StartAsync(_engine, new() { Port = 0, LoggerFactory = _log });
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is null) return;
        await _server.DisposeAsync();
        await _engine.DisposeAsync();
        _log.Dispose();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_client_that_goes_away_stops_its_generation(bool stream, bool reset)
    {
        using (var client = await Send(stream))
        {
            if (stream) await ReadSomeEvents(client);
            await Eventually.HoldsAsync(() => _engine.ActiveRequests > 0);
            Assert.Empty(_log.Lines);
            if (reset) client.Client.LingerState = new(enable: true, seconds: 0); // closes by a reset, as a killed process may
        }

        // The engine lets go of the request while most of it is still to be done, and the log tells what it took.
        await Eventually.HoldsAsync(() => _engine.ActiveRequests == 0);
        var line = await _log.WaitForAsync(" 499 ");
        var words = line.Split(' ');
        Assert.InRange(int.Parse(words[Array.IndexOf(words, "out,") - 1], CultureInfo.InvariantCulture), 0, Most / 10);

        using var http = new HttpClient { BaseAddress = _server.Address };
        await http.AskAsync("/v1/completions", """{"prompt": "Once", "max_tokens": 3}""");
    }

    [Fact]
    public async Task A_client_that_goes_away_while_it_waits_leaves_the_queue()
    {
        using var first = await Send(stream: true);
        await ReadSomeEvents(first);
        using (await Send(stream: false))
        {
            await Eventually.HoldsAsync(() => _engine.ActiveRequests >= 2);
        }

        await Eventually.HoldsAsync(() => _engine.ActiveRequests <= 1);
        await ReadSomeEvents(first);
    }

    [Fact]
    public async Task A_client_that_resets_while_it_sends_is_no_failure_of_the_server()
    {
        for (var i = 0; i < 20; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(_server.Address.Host, _server.Address.Port, Cancelled);
            await client.GetStream().WriteAsync(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"u8.ToArray(),
                Cancelled);
            // The server reads the body from now on.
            Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[64], Cancelled));
            client.Client.LingerState = new(enable: true, seconds: 0);
        }

        await _server.StopAsync();
        Assert.Equal(20, _log.Lines.Count(line => line.Contains("POST /v1/completions 4", StringComparison.Ordinal)));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("failed to answer", StringComparison.Ordinal));
    }

    private async Task<TcpClient> Send(bool stream)
    {
        var body = $$"""{"prompt": "", "max_tokens": {{Most}}, "ignore_eos": true, "stream": {{(stream ? "true" : "false")}}}""";
        var client = new TcpClient();
        await client.ConnectAsync(_server.Address.Host, _server.Address.Port, Cancelled);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
            Cancelled);
        return client;
    }

    private static async Task ReadSomeEvents(TcpClient client)
    {
        var buffer = new byte[256];
        for (var events = 0; events < 3;)
        {
            var count = await client.GetStream().ReadAsync(buffer, Cancelled);
            Assert.NotEqual(0, count);
            events += buffer.AsSpan(0, count).Count("data: "u8);
        }
    }
}
