using Ashlar.Engine;
using Ashlar.Server.Tests.Pages;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserServer))]

namespace Ashlar.Server.Tests.Pages;

/// <summary>
/// A real server of two names of a tiny random model, and a real browser to look at its pages; started when first asked for.
/// </summary>
public sealed class BrowserServer : IAsyncDisposable
{
    /// <summary>Lets the model, which only continues text, answer: it continues what was said.</summary>
    public const string Template = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}";

    private static readonly string[] Places =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/usr/bin/google-chrome-stable"];

    private readonly Lazy<Task> _start;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public BrowserServer() => _start = new(StartAsync);

    public InferenceEngine Engine { get; private set; } = null!;

    public AshlarServer Server { get; private set; } = null!;

    public static InferenceEngine LoadEngine() =>
        InferenceEngine.Load("synthetic:llama-tiny:q8_0", new() { Threads = 1, ContextLength = 16384, CacheTokens = 32768 });

    /// <summary>A page of a browser without a past; skips the calling test where there is no browser.</summary>
    /// <param name="path">Where to go.</param>
    /// <param name="options">What the browser is like.</param>
    /// <param name="server">Whose page; this one's where it is left out.</param>
    public async Task<WatchedPage> OpenAsync(string path, BrowserNewContextOptions? options = null, AshlarServer? server = null)
    {
        if (!Places.Any(File.Exists)) Assert.Skip("there is no Chromium: install it, for instance by 'apt-get install chromium'");
        await _start.Value;
        options ??= new();
        options.BaseURL = (server ?? Server).Address.ToString();
        var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(15_000);
        var watched = new WatchedPage(context, await context.NewPageAsync());
        await watched.Page.GotoAsync(path);
        return watched;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_start.IsValueCreated) return;
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Server.DisposeAsync();
        await Engine.DisposeAsync();
    }

    private async Task StartAsync()
    {
        Engine = LoadEngine();
        Server = await AshlarServer.StartAsync(
            [new(Engine) { Name = "first", ChatTemplate = Template }, new(Engine) { Name = "second", ChatTemplate = Template }],
            new() { Port = 0, GracePeriod = TimeSpan.Zero });
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Places.First(File.Exists),
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            });
    }
}
