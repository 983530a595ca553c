using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Ashlar.Server.Tests.Load;

/// <summary>Nothing else may run meanwhile: the process's handles, threads and memory are counted.</summary>
[CollectionDefinition(nameof(HttpSoakTests), DisableParallelization = true)]
[Collection(nameof(HttpSoakTests))]
public class HttpSoakTests
{
    private const int Clients = 24;

    private static readonly int Requests =
        int.Parse(Environment.GetEnvironmentVariable("ASHLAR_SOAK") ?? "2000", CultureInfo.InvariantCulture);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_left_of_very_many_requests_of_clients_that_come_and_go()
    {
        var seed = LoadedServer.Seed();
        await using var server = await LoadedServer.StartAsync(
            new() { Threads = 1, ContextLength = 400, MaxSequences = 8, QueueCapacity = Clients, CacheTokens = 1000 });
        await Serve(server, seed, Requests / 2);
        var before = await Held(server, null);
        await Serve(server, seed + 1, Requests / 2);
        var after = await Held(server, before);
        TestContext.Current.TestOutputHelper!.WriteLine($"before {before}\nafter {after}\n{server.Engine.Statistics}");
        Assert.False(after.IsOver(before), $"seed {seed}: {before} became {after}");
    }

    private static async Task Serve(LoadedServer server, int seed, int count)
    {
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(
            async () =>
            {
                var random = new Random(HashCode.Combine(seed, client));
                using var http = new HttpClient { BaseAddress = server.Server.Address, Timeout = TimeSpan.FromMinutes(5) };
                while (Interlocked.Increment(ref next) <= count) await One(server, http, random);
            },
            Cancelled)));
        await server.IsAsBefore();
    }

    private static async Task One(LoadedServer server, HttpClient http, Random random)
    {
        var stream = random.Next(2) == 0;
        var body = $$"""
            {"prompt": "{{new string((char)('a' + random.Next(26)), random.Next(1, 60))}}",
             "max_tokens": {{random.Next(1, 40)}}, "stream": {{(stream ? "true" : "false")}}, "seed": {{random.Next()}},
             "stop": {{(random.Next(3) == 0 ? "[\"e\", \"th\"]" : "null")}}, "n": {{random.Next(1, 3)}},
             "ignore_eos": {{(random.Next(3) > 0 ? "true" : "false")}} }
            """.ReplaceLineEndings(" ");
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        try
        {
            switch (random.Next(6))
            {
                case 0: // goes without a word, in the middle of whatever comes
                    using (var raw = await server.SendRaw(LoadedServer.Post("/v1/completions", body)))
                    {
                        var least = random.Next(2) * 300;
                        await raw.GetStream().ReadAtLeastAsync(new byte[300], least, throwOnEndOfStream: false, Cancelled);
                        if (random.Next(2) == 0) raw.LingerState = new(enable: true, seconds: 0); // a reset
                    }

                    return;
                case 1:
                    leave.CancelAfter(random.Next(30));
                    break;
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions");
            request.Content = Server.Tests.Requests.Json(body);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{response.StatusCode}");
            if (stream && random.Next(4) == 0)
            {
                using var events = await response.Content.ReadAsStreamAsync(leave.Token);
                await events.ReadAtLeastAsync(new byte[200], 200, throwOnEndOfStream: false, leave.Token);
                return; // and the rest is never read
            }

            await response.Content.ReadAsStringAsync(leave.Token);
        }
        catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
        {
            // as it was asked for
        }
        catch (IOException)
        {
            // a reset that came back
        }
    }

    // What the process holds once connections have closed and threads have gone to rest; that takes a while.
    private static async Task<Holding> Held(LoadedServer server, Holding? before)
    {
        await server.Idle();
        var held = Now();
        for (var waited = 0; waited < 100 && (before is null ? waited < 5 : held.IsOver(before.Value)); waited++)
        {
            await Task.Delay(100, Cancelled);
            held = Now();
        }

        return held;
    }

    private static Holding Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return new(process.HandleCount, process.Threads.Count, GC.GetTotalMemory(forceFullCollection: true));
    }

    private readonly record struct Holding(int Handles, int Threads, long Heap)
    {
        // By more than what the runtime may take for itself.
        public bool IsOver(Holding other) =>
            Handles > other.Handles + 10 || Threads > other.Threads + 10 || Heap > other.Heap + (2 << 20);
    }
}
