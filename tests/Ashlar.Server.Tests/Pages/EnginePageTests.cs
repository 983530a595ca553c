using System.Text.Json.Nodes;
using Ashlar.Engine;
using static Microsoft.Playwright.Assertions;

namespace Ashlar.Server.Tests.Pages;

public class EnginePageTests(BrowserServer browser)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Numbers_move_and_requests_and_tree_are_drawn_while_the_engine_works()
    {
        await using var watched = await browser.OpenAsync("/engine");
        var page = watched.Page;
        await Expect(page.Locator("#status")).ToHaveTextAsync("Live");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var work = Enumerable.Range(0, 3).Select(number => WorkAsync(number, ended.Token)).ToArray();
        try
        {
            await Expect(page.Locator("#sequences tbody tr")).ToHaveCountAsync(3);
            await Expect(page.Locator("#sequences")).ToContainTextAsync("generates");
            var before = await page.Locator("[data-fact=Steps]").TextContentAsync();
            await Expect(page.Locator("[data-fact=Steps]")).Not.ToHaveTextAsync(before!);
            await Expect(page.Locator("[data-fact=Running]")).ToHaveTextAsync("3");
            // What the three share, and what each has of its own.
            await watched.UntilAsync("document.querySelectorAll('#tree .run.held').length >= 4");
            await Expect(page.Locator("#tree [aria-label*='used by 3']")).Not.ToHaveCountAsync(0);
            await watched.UntilAsync(
                "document.querySelector('#throughput .series0').getAttribute('points').split(' ').length >= 3");
            await watched.PictureAsync("engine");
            await page.Locator("#tree svg").FocusAsync();
            await page.Keyboard.PressAsync("ArrowDown");
            await Expect(page.Locator("#tree-detail")).ToContainTextAsync("tokens in");
        }
        finally
        {
            await ended.CancelAsync();
        }

        foreach (var one in work) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await Expect(page.Locator("#sequences")).ToContainTextAsync("Nothing runs");
        await watched.UntilAsync("document.querySelectorAll('#tree .run.held').length === 0");
    }

    [Fact]
    public async Task The_stream_ends_when_the_server_does_and_tells_no_prompt()
    {
        using var engine = BrowserServer.LoadEngine();
        await using var server = await AshlarServer.StartAsync(engine, new() { Port = 0 }, Cancelled);
        using var client = new HttpClient { BaseAddress = server.Address };
        var answer = await client.GetStringAsync(new Uri("/api/ashlar/engine", UriKind.Relative), Cancelled);
        var whole = JsonNode.Parse(answer)!["models"]![0]!;
        Assert.Equal(engine.Model.Name, whole["name"]!.GetValue<string>());
        var statistics = whole["statistics"]!;
        Assert.Equal(statistics["blocks"]!.GetValue<int>(), statistics["free_blocks"]!.GetValue<int>());
        Assert.Empty(whole["sequences"]!.AsArray());

        using var response = await client.GetAsync(
            new Uri("/api/ashlar/engine?stream=true", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
        Assert.StartsWith("data: {", await events.ReadLineAsync(Cancelled), StringComparison.Ordinal);
        var stopped = server.StopAsync();
        await events.ReadToEndAsync(Cancelled); // the stream's own end, long before the grace period's
        await stopped.WaitAsync(TimeSpan.FromSeconds(8), Cancelled);
    }

    private async Task WorkAsync(int number, CancellationToken cancellationToken)
    {
        var prompt = new int[100];
        for (var i = 0; i < prompt.Length; i++) prompt[i] = i < 64 ? i + 300 : i + (number * 40) + 400;
        var request = new GenerationRequest { PromptTokens = prompt, IgnoreEndOfSequence = true };
        await foreach (var _ in browser.Engine.GenerateAsync(request, cancellationToken))
        {
        }
    }
}
