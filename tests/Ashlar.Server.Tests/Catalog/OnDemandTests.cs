using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Catalog;

/// <summary>Models that are loaded when requests name them, and leave when nobody needs them.</summary>
public class OnDemandTests
{
    private const long Bytes = DemandServer.Bytes;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_that_come_at_once_share_a_load_which_outlives_those_that_leave()
    {
        var gate = new TaskCompletionSource();
        await using var server = await new DemandServer { Gate = gate.Task }.StartAsync(static options => options, "a", "b");
        using var source = new CancellationTokenSource();
        var first = server.Client.PostAsync(
            new Uri("/v1/completions", UriKind.Relative), Requests.Json("""{"model": "a", "prompt": "x"}"""), source.Token);
        await Eventually.HoldsAsync(() => server.LoadsOf("a") > 0);
        var others = Enumerable.Range(0, 8).Select(_ => server.TextAsync("a")).ToList();
        Assert.Equal("", await server.LoadedAsync());
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        var texts = await Task.WhenAll(others);
        Assert.All(texts, text => Assert.Equal(texts[0], text));
        Assert.Equal((1, 0, "a"), (server.LoadsOf("a"), server.LoadsOf("b"), await server.LoadedAsync()));
    }

    [Fact]
    public async Task A_load_disturbs_no_request_for_another_model()
    {
        await using var server = await new DemandServer().StartAsync(static options => options, "a", "b");
        var expected = await server.TextAsync("a");
        var gate = new TaskCompletionSource();
        server.Gate = gate.Task;
        var waiting = server.TextAsync("b");
        await Eventually.HoldsAsync(() => server.LoadsOf("b") > 0);
        Assert.Equal(expected, await server.TextAsync("a"));
        Assert.False(waiting.IsCompleted);
        gate.SetResult();
        Assert.Equal(expected, await waiting);
    }

    [Fact]
    public async Task What_was_used_longest_ago_makes_room()
    {
        await using var server = await new DemandServer().StartAsync(
            static options => options with { MaxLoadedBytes = 2 * Bytes }, "a", "b", "c");
        var expected = await server.TextAsync("a");
        Assert.Equal(expected, await AskAsync("b"));
        Assert.Equal("a b", await server.LoadedAsync());
        Assert.Equal(expected, await AskAsync("a"));
        Assert.Equal(expected, await AskAsync("c"));
        Assert.Equal("a c", await server.LoadedAsync());
        Assert.Equal(expected, await AskAsync("b"));
        Assert.Equal("b c", await server.LoadedAsync());
        Assert.Equal((1, 2, 1), (server.LoadsOf("a"), server.LoadsOf("b"), server.LoadsOf("c")));

        Task<string?> AskAsync(string model)
        {
            server.Clock.Advance(TimeSpan.FromSeconds(1));
            return server.TextAsync(model);
        }
    }

    [Fact]
    public async Task A_model_stays_while_it_streams_and_who_needs_its_memory_is_told_to_come_again()
    {
        await using var server = await new DemandServer { Engine = new() { Threads = 1, ContextLength = 8000 } }.StartAsync(
            static options => options with { MaxLoadedBytes = Bytes, Clock = TimeProvider.System }, "a", "b");
        using var handler = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero }; // it leaves when it is disposed
        using var client = new HttpClient(handler) { BaseAddress = server.Client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = Requests.Json("""{"model": "a", "prompt": "", "max_tokens": 7900, "ignore_eos": true, "stream": true}"""),
        };
        var streaming = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var reader = new StreamReader(await streaming.Content.ReadAsStreamAsync(Cancelled));
        Assert.StartsWith("data: ", await reader.ReadLineAsync(Cancelled), StringComparison.Ordinal);

        var (busy, text) = await server.Client.SendAsync("/v1/completions", """{"model": "b", "prompt": "x"}""");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "models_busy"), (busy.StatusCode, JsonNode.Parse(text).Text("error", "code")));
        Assert.Equal(TimeSpan.FromSeconds(1), busy.Headers.RetryAfter!.Delta);
        Assert.Equal(0, server.LoadsOf("b"));
        Assert.Equal("a", await server.LoadedAsync());

        // Whoever waits a little gets it as soon as the stream has ended, for whatever reason.
        var waiting = server.TextAsync("b");
        streaming.Dispose();
        Assert.NotEqual("", await waiting);
        Assert.Equal("b", await server.LoadedAsync());
    }

    [Fact]
    public async Task What_nobody_uses_leaves_after_its_time_and_a_request_may_say_how_long_that_is()
    {
        await using var server = await new DemandServer().StartAsync(
            static options => options with { IdleUnload = TimeSpan.FromMinutes(1) }, "a", "b");
        await server.TextAsync("a");
        await server.WaitForIdleAsync("a", TimeSpan.FromMinutes(1));
        server.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("a", await server.LoadedAsync());
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        await server.WaitForLoadedAsync("");

        foreach (var (keepAlive, stays) in ((string, TimeSpan?)[])
            [("\"1h30m\"", TimeSpan.FromMinutes(90)), ("10", TimeSpan.FromSeconds(10)), ("\"500ms\"", TimeSpan.FromSeconds(0.5)), ("-1", null)])
        {
            await server.Client.AskAsync("/api/generate", $$"""{"model": "b", "keep_alive": {{keepAlive}}}""");
            await server.WaitForIdleAsync("b", stays);
            if (stays is null) continue;
            server.Clock.Advance(stays.Value - TimeSpan.FromSeconds(0.1));
            Assert.Equal("b", await server.LoadedAsync());
            server.Clock.Advance(TimeSpan.FromSeconds(0.2));
            await server.WaitForLoadedAsync("");
        }

        server.Clock.Advance(TimeSpan.FromDays(100));
        Assert.Equal("b", await server.LoadedAsync());
        var unloaded = await server.Client.AskAsync("/api/generate", """{"model": "b", "keep_alive": 0}""");
        Assert.Equal("unload", unloaded.Text("done_reason"));
        await server.WaitForLoadedAsync("");
        foreach (var wrong in (string[])["\"soon\"", "\"-\"", "\"5 m\"", "\"1x\"", "true", "\"\""])
        {
            var (response, text) = await server.Client.SendAsync("/api/generate", $$"""{"model": "b", "keep_alive": {{wrong}}}""");
            Assert.True(response.StatusCode == HttpStatusCode.BadRequest && text.Contains("keep_alive", StringComparison.Ordinal), text);
        }
    }

    [Fact]
    public async Task A_load_that_fails_is_told_to_those_who_wait_and_the_next_request_tries_again()
    {
        await using var server = await new DemandServer().StartAsync(static options => options, "a", "b");
        var good = await File.ReadAllBytesAsync(server.PathOf("a"), Cancelled);
        await File.WriteAllBytesAsync(server.PathOf("a"), good[..(good.Length / 2)], Cancelled);
        foreach (var (response, text) in await Task.WhenAll(Enumerable.Range(0, 3).Select(
            _ => server.Client.SendAsync("/v1/completions", """{"model": "a", "prompt": "x"}"""))))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("model_load_failed", JsonNode.Parse(text).Text("error", "code"));
            Assert.DoesNotContain(server.Folder, text, StringComparison.Ordinal);
        }

        Assert.Equal("ok", (await server.GetAsync("/health")).Text("status"));
        var expected = await server.TextAsync("b");
        await File.WriteAllBytesAsync(server.PathOf("a"), good, Cancelled);
        Assert.Equal(expected, await server.TextAsync("a"));
    }

    [Fact]
    public async Task A_server_that_ends_during_a_load_answers_and_leaves_nothing_behind()
    {
        var gate = new TaskCompletionSource();
        await using var server = await new DemandServer { Gate = gate.Task }.StartAsync(
            static options => options with { GracePeriod = TimeSpan.FromSeconds(0.1), Clock = TimeProvider.System }, "a");
        var waiting = server.Client.SendAsync("/v1/completions", """{"model": "a", "prompt": "x"}""");
        await Eventually.HoldsAsync(() => server.LoadsOf("a") > 0);
        await server.Server.StopAsync();
        var (response, text) = await waiting;
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "server_shutting_down"), (
            response.StatusCode, JsonNode.Parse(text).Text("error", "code")));
        await server.Server.DisposeAsync();
        gate.SetResult();
        AssertUnmapped(server.Folder);
    }

    [Fact]
    public async Task To_ask_what_there_is_loads_nothing()
    {
        await using var server = new DemandServer();
        File.Copy(Conformance.Path("stories260k", "stories260K.gguf"), server.PathOf("a"));
        var opened = 0;
        var model = ServedModel.FromFile(server.PathOf("a"), loaded =>
        {
            opened++;
            return new() { Threads = 1, ContextLength = 300 };
        });
        Assert.InRange(model.Bytes, 1 << 20, 200 << 20);
        await server.StartAsync([model], new() { Port = 0 });
        var listed = (await server.GetAsync("/v1/models"))["data"]![0];
        Assert.Equal(("a", "300", "unloaded"), (listed.Text("id"), listed.Text("max_model_len"), listed.Text("status", "value")));
        var tag = (await server.GetAsync("/api/tags"))["models"]![0];
        Assert.Equal(("a", "llama", "F32"), (tag.Text("name"), tag.Text("details", "family"), tag.Text("details", "quantization_level")));
        Assert.Empty((await server.GetAsync("/api/ps"))["models"]!.AsArray());
        Assert.Equal("64", (await server.Client.AskAsync("/api/show", """{"model": "a"}""")).Text("model_info", "llama.embedding_length"));
        Assert.Empty((await server.GetAsync("/api/ashlar/engine"))["models"]!.AsArray());
        Assert.Equal("ready", (await server.GetAsync("/ready")).Text("status"));
        foreach (var path in (string[])["/props", "/kv/events", "/kv/blocks/00000000000000000000000000000000"])
        {
            using var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative), Cancelled);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        var metrics = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancelled);
        Assert.Contains("vllm:prompt_tokens_total{model_name=\"a\",engine=\"0\"} 0", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("vllm:num_requests_running{", metrics, StringComparison.Ordinal);
        Assert.Equal(1, opened);

        await server.TextAsync("a");
        Assert.Equal(2, opened);
        Assert.Equal("a", (await server.GetAsync("/api/ps"))["models"]![0].Text("name"));
        Assert.StartsWith("9999-", (await server.GetAsync("/api/ps"))["models"]![0].Text("expires_at"), StringComparison.Ordinal);
        Assert.Equal("a", (await server.GetAsync("/props")).Text("model_alias"));
        metrics = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancelled);
        Assert.Contains("vllm:num_requests_running{model_name=\"a\",engine=\"0\"} 0", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adapters_come_back_with_their_model()
    {
        await using var server = new DemandServer { Engine = new() { Threads = 1, MaxAdapters = 2, MaxAdapterRank = 4 } };
        using (var model = Models.LanguageModel.Load(Conformance.Path("stories260k", "stories260K.gguf")))
        {
            StoriesAdapter.WriteGguf(model, server.PathOf("given"), seed: 1);
            StoriesAdapter.WriteGguf(model, server.PathOf("asked"), seed: 2);
        }

        await server.StartAsync(
            options => options with { IdleUnload = TimeSpan.FromMinutes(1), AdapterFolder = server.Folder },
            [new("given", server.PathOf("given"))], "a");
        var given = await server.TextAsync("given");
        await server.Client.SendAsync("/v1/load_lora_adapter", """{"lora_name": "asked", "lora_path": "asked.gguf"}""");
        var asked = await server.TextAsync("asked");
        Assert.NotEqual(given, asked);
        await LeaveAsync();
        Assert.Equal(
            ["a", "asked", "given"], (await server.GetAsync("/v1/models"))["data"]!.AsArray().Select(static model => model.Text("id")));
        Assert.Equal(asked, await server.TextAsync("asked"));
        Assert.Equal(2, server.LoadsOf("a"));

        // One that is forgotten meanwhile, and one whose file is gone, are not there any more; the model is.
        await LeaveAsync();
        await server.Client.SendAsync("/v1/unload_lora_adapter", """{"lora_name": "asked"}""");
        File.Delete(server.PathOf("given"));
        foreach (var name in (string[])["asked", "given"])
        {
            var (response, _) = await server.Client.SendAsync("/v1/completions", $$"""{"model": "{{name}}", "prompt": "x"}""");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.NotEqual(given, await server.TextAsync("a"));

        async Task LeaveAsync()
        {
            await server.WaitForIdleAsync("a", TimeSpan.FromMinutes(1));
            server.Clock.Advance(TimeSpan.FromMinutes(2));
            await server.WaitForLoadedAsync("");
        }
    }

    [Fact]
    public async Task What_can_never_fit_stops_the_start()
    {
        await using var server = new DemandServer();
        var error = await Assert.ThrowsAsync<ArgumentException>(
            () => server.StartAsync(static options => options with { MaxLoadedBytes = Bytes - 1 }, "a"));
        Assert.Contains("'a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Running_models_stay_beside_those_that_come_and_go()
    {
        await using var engine = StoriesServer.LoadEngine();
        await using var server = new DemandServer();
        File.Copy(Conformance.Path("stories260k", "stories260K.gguf"), server.PathOf("a"));
        await server.StartAsync(
            [new(engine), ServedModel.FromFile(server.PathOf("a"), static _ => new() { Threads = 1 })],
            new() { Port = 0, Clock = server.Clock, IdleUnload = TimeSpan.FromSeconds(1) });
        Assert.Equal(await server.TextAsync("stories260K"), await server.TextAsync("a"));
        await server.WaitForIdleAsync("a", TimeSpan.FromSeconds(1));
        server.Clock.Advance(TimeSpan.FromDays(1));
        await server.WaitForLoadedAsync("stories260K");
        await server.Client.AskAsync("/api/generate", """{"model": "stories260K", "keep_alive": 0}""");
        Assert.Equal("stories260K", await server.LoadedAsync());
    }

    [Fact]
    public async Task Memory_goes_back_when_a_model_leaves()
    {
        // Half a gigabyte of cache, which is taken from the system when the engine starts, though not touched.
        const long CacheTokens = 800_000;
        await using var server = await new DemandServer { Engine = new() { Threads = 1, CacheTokens = CacheTokens } }.StartAsync(
            static options => options with { MaxLoadedBytes = Bytes }, "a", "b");
        var cache = CacheTokens * 5 * 4 * 16 * 2; // layers, heads, numbers of a key and a value, bytes
        long first = 0;
        for (var round = 0; round < 3; round++)
        {
            foreach (var (model, other) in ((string, string)[])[("a", "b"), ("b", "a")])
            {
                await server.TextAsync(model);
                if (first == 0) first = VirtualBytes();
                Assert.InRange(VirtualBytes(), 0, first + cache / 2);
                Assert.Equal(model, await server.LoadedAsync());
                AssertUnmapped(server.PathOf(other));
            }
        }

        if (!OperatingSystem.IsLinux()) return;
        var loaded = VirtualBytes();
        await server.Client.AskAsync("/api/generate", """{"model": "b", "keep_alive": 0}""");
        await server.WaitForLoadedAsync("");
        for (var i = 0; i < 500 && VirtualBytes() > loaded - cache * 9 / 10; i++) await Task.Delay(10, Cancelled);
        Assert.InRange(loaded - VirtualBytes(), cache * 9 / 10, long.MaxValue);
        AssertUnmapped(server.Folder);
    }

    private static void AssertUnmapped(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    // 0 where the system does not tell.
    private static long VirtualBytes() => !OperatingSystem.IsLinux() ? 0
        : long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[0], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
