using Ashlar.Engine;
using Ashlar.Models.Templates;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Catalog;

/// <summary>
/// The models that are served, and their adapters, by name. A request takes what it names, and has it until it ends.
/// </summary>
internal sealed class ModelCatalog : IAsyncDisposable
{
    private readonly Dictionary<string, ModelSlot> _byName = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _naming = new(1); // names are given one at a time, so that each is given once

    /// <exception cref="ArgumentException">
    /// There is no model, two have one name, or one needs more memory than there may be.
    /// </exception>
    /// <exception cref="TemplateException">A template given for a model is not valid.</exception>
    public ModelCatalog(IReadOnlyList<ServedModel> models, ServerOptions options, ILogger logger)
    {
        if (models.Count == 0) throw new ArgumentException("there is no model to serve; give one or more", nameof(models));
        Slots = [.. models.Select(static model => new ModelSlot(model))];
        foreach (var slot in Slots)
        {
            if (!_byName.TryAdd(slot.Name, slot))
            {
                throw new ArgumentException(
                    $"two models are named '{slot.Name}'; give one of them another name", nameof(models));
            }
        }

        Pool = new(Slots, options, logger);
    }

    public IReadOnlyList<ModelSlot> Slots { get; }

    public ModelPool Pool { get; }

    /// <summary>The models that are loaded.</summary>
    public IEnumerable<HostedModel> Loaded => Slots.Select(static slot => slot.Loaded).OfType<HostedModel>();

    /// <summary>All names: each model, and behind it its adapters.</summary>
    public IEnumerable<ListedModel> Listed => Slots.SelectMany(static slot =>
        slot.Adapters.Select(adapter => new ListedModel(slot, adapter)).Prepend(new(slot, null)));

    /// <summary>Loads the adapters that running models were given with, and looks that no name is given twice.</summary>
    /// <exception cref="ArgumentException">An adapter's name is taken, or the engine has no room for it.</exception>
    public async Task LoadGivenAsync(CancellationToken cancellationToken)
    {
        foreach (var slot in Slots)
        {
            foreach (var adapter in slot.Served.Adapters)
            {
                try
                {
                    if (slot.Loaded is { } model)
                    {
                        await LoadAsync(model, adapter, replaces: false, cancellationToken).ConfigureAwait(false);
                    }
                    else if (Listed.Count(listed => listed.Name == adapter.Name) > 1)
                    {
                        throw NameTaken(Lookup(adapter.Name)!, slot.Name);
                    }
                }
                catch (Exception error) when (error is ApiException or AdapterRefusedException)
                {
                    throw new ArgumentException($"model '{slot.Name}': {error.Message}", error);
                }
            }
        }
    }

    /// <summary>Loads an adapter for a model.</summary>
    /// <param name="model">The model, which must stay loaded meanwhile.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="replaces">Whether it may take the name of one that the model has.</param>
    /// <param name="cancellationToken">Ends the wait for others that are being loaded.</param>
    /// <exception cref="ApiException">The name is taken.</exception>
    /// <exception cref="AdapterRefusedException">There is no room.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or made for another model.</exception>
    /// <exception cref="NotSupportedException">It is of a kind that is not computed.</exception>
    public async Task LoadAsync(HostedModel model, ServedAdapter adapter, bool replaces, CancellationToken cancellationToken)
    {
        await _naming.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var known = Lookup(adapter.Name);
            if (known is not null && (known.Parent != model.Name || !replaces)) throw NameTaken(known, model.Name);
            await (known is null
                ? model.Engine.LoadAdapterAsync(adapter.Name, adapter.Path, cancellationToken)
                : model.Engine.ReplaceAdapterAsync(adapter.Name, adapter.Path, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _naming.Release();
        }
    }

    /// <summary>The model that a request names, loaded, until the request ends; where there is but one, it need not.</summary>
    public Task<HostedModel> ChooseAsync(HttpContext context, RequestFields fields)
    {
        const string Field = "model";
        return UseAsync(context, fields.Text(Field) is { } name ? Find(name, Field) : Only(Field));
    }

    /// <summary>The same of a request by Ollama's protocol.</summary>
    public Task<HostedModel> ChooseOllamaAsync(HttpContext context, RequestFields fields) =>
        UseAsync(context, FindOllama(fields));

    /// <summary>What a request by Ollama's protocol names, whose clients may add the tag of the latest version.</summary>
    public ListedModel FindOllama(RequestFields fields)
    {
        const string Latest = ":latest";
        var (field, name) = ("model", fields.Text("model"));
        if (name is null && fields.Text("name") is { } old) (field, name) = ("name", old);
        if (name is null) return Only(field);
        if (name.EndsWith(Latest, StringComparison.Ordinal) && Lookup(name) is null) name = name[..^Latest.Length];
        return Find(name, field);
    }

    /// <summary>What has this name.</summary>
    /// <param name="name">A name that a client gave.</param>
    /// <param name="param">The field that it stood in, if any.</param>
    public ListedModel Find(string name, string? param) => Lookup(name) ?? throw NotFound(name, param);

    /// <summary>
    /// The model that a request's query names, or the first, if it is loaded, until the request ends: to ask how it is loads nothing.
    /// </summary>
    /// <exception cref="ApiException">It is not loaded, or there is none of the name.</exception>
    public HostedModel Peek(HttpContext context)
    {
        var name = context.Request.Query["model"].ToString();
        var slot = name.Length > 0 ? Find(name, "model").Slot : Slots[0];
        if (Pool.TryAcquire(slot) is { } lease) return Keep(context, lease);
        throw new ApiException(new(
            404,
            ApiError.InvalidRequest,
            "model_not_loaded",
            $"model '{slot.Name}' is not loaded; requests that it answers load it",
            "model"));
    }

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync().ConfigureAwait(false);
        _naming.Dispose();
    }

    private string Names => string.Join(", ", Listed.Select(static model => $"'{model.Name}'"));

    private ListedModel Only(string field) =>
        Slots.Count == 1 ? new(Slots[0], null) : throw FieldErrors.Missing(field, $"one of {Names}");

    private async Task<HostedModel> UseAsync(HttpContext context, ListedModel named)
    {
        var model = Keep(context, await Pool.AcquireAsync(named.Slot, context.RequestAborted).ConfigureAwait(false));
        if (named.Adapter is not { } adapter) return model;
        return model.With(adapter.Name) ?? throw NotFound(adapter.Name, "model"); // it has left meanwhile
    }

    // The lease ends with the request, whatever ends that.
    private static HostedModel Keep(HttpContext context, ModelLease lease)
    {
        if (!lease.Slot.IsOnDemand) return lease.Model;
        context.Response.RegisterForDispose(lease);
        context.Features.Set(lease);
        return lease.Model;
    }

    private ListedModel? Lookup(string name) => _byName.TryGetValue(name, out var slot)
        ? new(slot, null)
        : Listed.FirstOrDefault(listed => listed.Name == name);

    private ApiException NotFound(string name, string? param) => new(new(
        404, ApiError.InvalidRequest, "model_not_found", $"there is no model '{name}' here; there is {Names}", param));

    private static ApiException NameTaken(ListedModel known, string model) => new(ApiError.Field(
        "lora_name",
        "name_taken",
        known.Adapter is null ? $"'{known.Name}' is a model's name; give the adapter another"
            : known.Parent == model ? $"an adapter called '{known.Name}' is loaded already; unload it first, or set 'load_inplace'"
            : $"an adapter of model '{known.Parent}' is called '{known.Name}'; give this one another name"));
}
