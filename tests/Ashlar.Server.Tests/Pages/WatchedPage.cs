using System.Diagnostics;
using Microsoft.Playwright;

namespace Ashlar.Server.Tests.Pages;

/// <summary>A page, and all that it complained of or asked for; when it is closed, nothing of that may be amiss.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly List<string> _elsewhere = [];

    public WatchedPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _complaints.Add($"{message.Text} ({message.Location})");
        };
        page.PageError += (_, error) => _complaints.Add(error);
        page.Request += (_, request) =>
        {
            var asked = new Uri(request.Url);
            if (asked.Scheme is "http" or "https" && asked.Authority != new Uri(page.Url).Authority && page.Url != "about:blank")
            {
                _elsewhere.Add(request.Url);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>The statuses of failed answers that a test expects.</summary>
    public int[] ExpectedStatuses { get; set; } = [];

    /// <summary>Whether a test breaks connections.</summary>
    public bool ExpectsBrokenConnections { get; set; }

    /// <summary>Takes a picture where the environment asks for pictures, for people to look at.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("ASHLAR_PICTURES") is not { Length: > 0 } folder) return;
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }

    /// <summary>Waits until something in the page holds.</summary>
    /// <remarks>Playwright's own wait evaluates texts, which the page's policy forbids.</remarks>
    public async Task UntilAsync(string condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await Page.EvaluateAsync<bool>($"Boolean({condition})"))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(15), $"waited in vain for {condition}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Whether nothing has to be scrolled sideways.</summary>
    public Task<bool> FitsAsync() => Page.EvaluateAsync<bool>(
        "document.scrollingElement.scrollWidth <= innerWidth && document.body.scrollWidth <= innerWidth");

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.DoesNotContain(_complaints, complaint => !IsExpected(complaint));
        Assert.Empty(_elsewhere);
    }

    // Refusals that a test provokes are no faults of the page.
    private bool IsExpected(string complaint) =>
        (ExpectsBrokenConnections && complaint.Contains("net::ERR_", StringComparison.Ordinal)) ||
        ExpectedStatuses.Any(status => complaint.Contains($"status of {status}", StringComparison.Ordinal));
}
