using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Ashlar.Engine;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Load;

/// <summary>A real server of a small random model, and what tests do to it; without deadlines, for machines are busy.</summary>
internal sealed class LoadedServer : IAsyncDisposable
{
    public const string Model = "synthetic:llama-tiny:q8_0";

    private LoadedServer(InferenceEngine engine, AshlarServer server) => (Engine, Server, Client) =
        (engine, server, new() { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(5) });

    public InferenceEngine Engine { get; }

    public AshlarServer Server { get; }

    public HttpClient Client { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<LoadedServer> StartAsync(EngineOptions engine, ServerOptions? options = null)
    {
        var loaded = InferenceEngine.Load(Model, engine);
        return new(loaded, await AshlarServer.StartAsync(
            [new(loaded) { ChatTemplate = StoriesServer.Template }], options ?? new() { Port = 0 }, Cancelled));
    }

    /// <summary>What the variable <c>ASHLAR_SEED</c> says, or a number that was never used.</summary>
    public static int Seed()
    {
        var given = Environment.GetEnvironmentVariable("ASHLAR_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        TestContext.Current.TestOutputHelper!.WriteLine($"ASHLAR_SEED={seed}");
        return seed;
    }

    /// <summary>Connects, and sends what may be less than a request.</summary>
    /// <param name="text">What to send.</param>
    /// <param name="receiveBytes">How much the system may receive ahead of the reader; 0 for as much as it likes.</param>
    public async Task<TcpClient> SendRaw(string text, int receiveBytes = 0)
    {
        var client = new TcpClient();
        if (receiveBytes > 0) client.ReceiveBufferSize = receiveBytes;
        await client.ConnectAsync(Server.Address.Host, Server.Address.Port, Cancelled);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Cancelled);
        return client;
    }

    /// <summary>A whole request to post, for <see cref="SendRaw"/>.</summary>
    public static string Post(string path, string body) =>
        $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>Waits until nothing runs, and checks that nothing is held and that a request is answered as ever.</summary>
    public async Task IsAsBefore()
    {
        await Idle();
        await Client.AskAsync("/v1/completions", """{"prompt": "x", "max_tokens": 2}""");
        await Idle();
        var statistics = Engine.Statistics;
        Assert.True(statistics is { Running: 0, Waiting: 0, HeldBlocks: 0 }, $"{statistics}");
        Assert.Equal(statistics.Blocks, statistics.FreeBlocks + statistics.EvictableBlocks);
        Assert.Null(Engine.Failure);
    }

    public Task Idle() => Eventually.HoldsAsync(() => Engine.ActiveRequests == 0);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Engine.DisposeAsync();
    }
}
