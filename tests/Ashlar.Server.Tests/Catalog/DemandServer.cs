using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Testing;

namespace Ashlar.Server.Tests.Catalog;

/// <summary>A server of several models that are loaded when requests name them: copies of one, under names of their own.</summary>
internal sealed class DemandServer : IAsyncDisposable
{
    /// <summary>The memory that each says it takes.</summary>
    public const long Bytes = 10;

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ashlar-demand-");
    private readonly Dictionary<string, int> _loads = [];

    public AshlarServer Server { get; private set; } = null!;

    public HttpClient Client { get; } = new();

    public ManualClock Clock { get; } = new();

    /// <summary>What loads wait for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public EngineOptions Engine { get; init; } = new() { Threads = 1 };

    public string Folder => _home.FullName;

    /// <summary>Starts a server.</summary>
    /// <param name="set">Changes the options, which have the clock that stands.</param>
    /// <param name="names">The names of the models.</param>
    public Task<DemandServer> StartAsync(Func<ServerOptions, ServerOptions> set, params string[] names) => StartAsync(set, [], names);

    /// <summary>Starts a server whose first model has adapters.</summary>
    public async Task<DemandServer> StartAsync(
        Func<ServerOptions, ServerOptions> set, IReadOnlyList<ServedAdapter> adapters, params string[] names)
    {
        foreach (var name in names) File.Copy(Conformance.Path("stories260k", "stories260K.gguf"), PathOf(name));
        var models = names.Select(name => new ServedModel(name, Bytes, cancelled => LoadAsync(name, cancelled))
        {
            ChatTemplate = StoriesServer.Template,
            Adapters = name == names[0] ? adapters : [],
        });
        return await StartAsync([.. models], set(new() { Port = 0, Clock = Clock }));
    }

    /// <summary>Starts a server of given models.</summary>
    public async Task<DemandServer> StartAsync(IReadOnlyList<ServedModel> models, ServerOptions options)
    {
        Server = await AshlarServer.StartAsync(models, options, TestContext.Current.CancellationToken);
        Client.BaseAddress = Server.Address;
        return this;
    }

    public string PathOf(string name) => Path.Combine(Folder, $"{name}.gguf");

    /// <summary>How often a model was begun to be loaded.</summary>
    public int LoadsOf(string name)
    {
        lock (_loads) return _loads.GetValueOrDefault(name);
    }

    /// <summary>The likeliest continuation of a text.</summary>
    public async Task<string?> TextAsync(string model) => (await Client.AskAsync(
        "/v1/completions", $$"""{"model": "{{model}}", "prompt": "Once upon", "max_tokens": 12, "temperature": 0}"""))
        .Text("choices", "0", "text");

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(
        await Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken))!;

    /// <summary>The models that are loaded.</summary>
    public async Task<string> LoadedAsync() => string.Join(' ', (await GetAsync("/v1/models"))["data"]!.AsArray()
        .Where(static model => model.Text("status", "value") == "loaded").Select(static model => model.Text("id")));

    /// <summary>Returns once these models, and no others, are loaded.</summary>
    public Task WaitForLoadedAsync(string models) => Eventually.HoldsAsync(async () => await LoadedAsync() == models);

    /// <summary>Returns once a model is said to stay for so long, or, if that is null, for ever. One client asks one after the other.</summary>
    public async Task WaitForIdleAsync(string model, TimeSpan? stays)
    {
        var expires = stays is { } time ? (Clock.GetUtcNow() + time).UtcDateTime : new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await Eventually.HoldsAsync(async () => (await GetAsync("/api/ps"))["models"]!.AsArray().Any(
            listed => listed.Text("name") == model && listed!["expires_at"]!.GetValue<DateTime>() == expires));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (Server is not null) await Server.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private async Task<InferenceEngine> LoadAsync(string name, CancellationToken cancellationToken)
    {
        lock (_loads) _loads[name] = _loads.GetValueOrDefault(name) + 1;
        await Gate.WaitAsync(cancellationToken);
        return await Task.Run(() => InferenceEngine.Load(PathOf(name), Engine), cancellationToken);
    }
}
