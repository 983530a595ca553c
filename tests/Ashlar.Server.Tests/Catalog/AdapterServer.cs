using Ashlar.Engine;

namespace Ashlar.Server.Tests.Catalog;

/// <summary>A server of a real model with a folder of adapters: first.gguf, second.gguf, peft, large.gguf and worse.</summary>
internal sealed class AdapterServer : IAsyncDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("ashlar-adapters-");
    private readonly List<InferenceEngine> _engines = [];

    /// <summary>Where requests may load from; what lies beside it they may not.</summary>
    public string Folder => Path.Combine(_home.FullName, "adapters");

    public string Outside => Path.Combine(_home.FullName, "outside.gguf");

    public InferenceEngine Engine => _engines[0];

    public AshlarServer Server { get; private set; } = null!;

    public HttpClient Client { get; } = new();

    public static async Task<AdapterServer> StartAsync(
        EngineOptions? options = null, bool withFolder = true, string? otherModel = null, params ServedAdapter[] adapters)
    {
        var made = new AdapterServer();
        try
        {
            options ??= new() { Threads = 1, MaxAdapters = 2, MaxAdapterRank = 4 };
            made._engines.Add(StoriesServer.LoadEngine(options));
            if (otherModel is not null) made._engines.Add(StoriesServer.LoadEngine(options));
            made.Write();
            var served = made._engines.Select((engine, index) => new ServedModel(engine)
            {
                Name = index == 0 ? "stories" : otherModel!,
                ChatTemplate = StoriesServer.Template,
                Adapters = index == 0 ? [.. adapters.Select(adapter => adapter with { Path = made.PathOf(adapter.Path) })] : [],
            }).ToList();
            made.Server = await AshlarServer.StartAsync(
                served,
                new() { Port = 0, AdapterFolder = withFolder ? made.Folder : null },
                TestContext.Current.CancellationToken);
            made.Client.BaseAddress = made.Server.Address;
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public Task<(HttpResponseMessage Response, string Text)> LoadAsync(string name, string path, string more = "") =>
        Client.SendAsync("/v1/load_lora_adapter", $$"""{"lora_name": "{{name}}", "lora_path": "{{path}}"{{more}}}""");

    public Task<(HttpResponseMessage Response, string Text)> UnloadAsync(string name, string more = "") =>
        Client.SendAsync("/v1/unload_lora_adapter", $$"""{"lora_name": "{{name}}"{{more}}}""");

    /// <summary>The likeliest continuation of a text.</summary>
    public async Task<string?> TextAsync(string model) => (await Client.AskAsync(
        "/v1/completions", $$"""{"model": "{{model}}", "prompt": "Once upon", "max_tokens": 12, "temperature": 0}"""))
        .Text("choices", "0", "text");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (Server is not null) await Server.DisposeAsync();
        foreach (var engine in _engines) await engine.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private void Write()
    {
        Directory.CreateDirectory(Folder);
        var model = Engine.Model;
        StoriesAdapter.WriteGguf(model, PathOf("first.gguf"), seed: 1);
        StoriesAdapter.WriteGguf(model, PathOf("second.gguf"), seed: 2);
        StoriesAdapter.WriteGguf(model, PathOf("large.gguf"), seed: 3, rank: 5);
        StoriesAdapter.WritePeft(model, PathOf("peft"), seed: 1);
        StoriesAdapter.WriteGguf(model, Outside, seed: 4);
        File.WriteAllText(PathOf("broken.gguf"), "GGUF, or so it says");
        File.CreateSymbolicLink(PathOf("out.gguf"), Outside);
        File.CreateSymbolicLink(PathOf("again.gguf"), PathOf("first.gguf"));
        File.CreateSymbolicLink(PathOf("circle.gguf"), PathOf("circle.gguf"));
        Directory.CreateSymbolicLink(PathOf("up"), "..");
        Directory.CreateDirectory(PathOf("half"));
        File.Copy(Path.Combine(PathOf("peft"), "adapter_config.json"), Path.Combine(PathOf("half"), "adapter_config.json"));
        File.CreateSymbolicLink(Path.Combine(PathOf("half"), "adapter_model.safetensors"), Outside);
    }
}
