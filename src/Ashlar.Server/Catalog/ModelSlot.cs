using Ashlar.Models.Templates;
using Ashlar.Server.Metrics;

namespace Ashlar.Server.Catalog;

/// <summary>A served model by its name, whether it is loaded or not, and what is known of it either way.</summary>
internal sealed class ModelSlot
{
    private volatile HostedModel? _loaded;
    private volatile ModelDescription? _description;
    private int? _contextLength;
    private IReadOnlyList<ServedAdapter> _adapters; // while it is not loaded

    /// <exception cref="TemplateException">The template given for it is not valid.</exception>
    public ModelSlot(ServedModel served)
    {
        (Served, _adapters) = (served, served.Adapters);
        (_description, _contextLength) = (served.Header?.Description, served.Header?.ContextLength);
        if (served.ChatTemplate is { } template) ChatTemplate.Parse(template);
        if (served.Engine is { } engine) _loaded = new(served, engine, Metrics);
    }

    public string Name => Served.Name;

    public ServedModel Served { get; }

    /// <summary>Whether it is loaded when a request names it; else it is always there.</summary>
    public bool IsOnDemand => Served.Start is not null;

    /// <summary>What is counted of its requests, however often it was loaded.</summary>
    public ModelMetrics Metrics { get; } = new();

    /// <summary>The model, while it is loaded. To ask its engine for more than numbers takes a lease.</summary>
    public HostedModel? Loaded => _loaded;

    /// <summary>What is told of it; null as long as nothing is known.</summary>
    public ModelDescription? Description => _loaded?.Description ?? _description;

    /// <summary>Tokens that prompt and output may have together; null as long as that is not known.</summary>
    public int? ContextLength => _loaded?.Engine.ContextLength ?? _contextLength;

    /// <summary>The source of its chat template, as far as it is known.</summary>
    public string? TemplateSource => Served.ChatTemplate ?? Served.Header?.TemplateSource;

    /// <summary>Its adapters: those of the engine, or those that it will have when it is loaded.</summary>
    public IReadOnlyList<ServedAdapter> Adapters => _loaded is { } model
        ? [.. model.Engine.Adapters.Select(static adapter => new ServedAdapter(adapter.Name, adapter.Path))]
        : Volatile.Read(ref _adapters);

    // What follows is guarded by the gate of the pool.

    /// <summary>Requests that use it.</summary>
    public int Leases { get; set; }

    /// <summary>Requests that wait for it.</summary>
    public int Waiting { get; set; }

    /// <summary>The load that goes on, if one does.</summary>
    public Task? Loading { get; set; }

    /// <summary>The unloading that goes on, if one does.</summary>
    public Task? Unloading { get; set; }

    /// <summary>When the last request that used it ended.</summary>
    public long LastUsed { get; set; }

    /// <summary>How long it stays when nobody uses it.</summary>
    public TimeSpan KeepAlive { get; set; }

    /// <summary>Whether it takes memory: loaded, or on the way to it, or not quite gone.</summary>
    public bool HoldsMemory => IsOnDemand && (_loaded is not null || Loading is not null || Unloading is not null);

    /// <summary>Whether nobody would miss it.</summary>
    public bool IsIdle => IsOnDemand && _loaded is not null && Unloading is null && Leases == 0 && Waiting == 0;

    /// <summary>Starts its engine and loads its adapters.</summary>
    /// <param name="skip">Told of each adapter that cannot be loaded any more; requests that name it will not find it.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task LoadAsync(Action<ServedAdapter, Exception> skip, CancellationToken cancellationToken)
    {
        var engine = await Served.Start!(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var adapter in _adapters)
            {
                try
                {
                    await engine.LoadAdapterAsync(adapter.Name, adapter.Path, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    skip(adapter, error);
                }
            }

            var model = new HostedModel(Served, engine, Metrics);
            (_description, _contextLength) = (model.Description, engine.ContextLength);
            _loaded = model;
        }
        catch
        {
            await engine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends its engine, remembering its adapters.</summary>
    /// <returns>The engine, as long as somebody refers to it.</returns>
    public async Task<WeakReference> UnloadAsync()
    {
        var model = _loaded!;
        Volatile.Write(ref _adapters, Adapters);
        _loaded = null;
        await model.Engine.DisposeAsync().ConfigureAwait(false);
        return new(model.Engine);
    }

    /// <summary>Forgets an adapter of a model that is not loaded.</summary>
    public void Forget(string adapter) =>
        Volatile.Write(ref _adapters, [.. _adapters.Where(known => known.Name != adapter)]);
}
