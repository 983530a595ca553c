using Ashlar.Engine;
using Ashlar.Models.Templates;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Catalog;

/// <summary>The models that are served, and their adapters, by name.</summary>
internal sealed class ModelCatalog : IDisposable
{
    private readonly Dictionary<string, HostedModel> _byName = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _naming = new(1); // names are given one at a time, so that each is given once

    /// <exception cref="ArgumentException">There is no model, or two have one name.</exception>
    /// <exception cref="TemplateException">A template given for a model is not valid.</exception>
    public ModelCatalog(IReadOnlyList<ServedModel> models)
    {
        if (models.Count == 0) throw new ArgumentException("there is no model to serve; give one or more", nameof(models));
        Models = [.. models.Select(static model => new HostedModel(model))];
        foreach (var model in Models)
        {
            if (!_byName.TryAdd(model.Name, model))
            {
                throw new ArgumentException(
                    $"two models are named '{model.Name}'; give one of them another name", nameof(models));
            }
        }
    }

    public IReadOnlyList<HostedModel> Models { get; }

    /// <summary>All names: each model, and behind it its adapters.</summary>
    public IEnumerable<HostedModel> Listed => Models.SelectMany(static model => model.Adapted.Prepend(model));

    /// <summary>Loads the adapters that models were given with.</summary>
    /// <exception cref="ArgumentException">An adapter's name is taken, or the engine has no room for it.</exception>
    public async Task LoadGivenAsync(IReadOnlyList<ServedModel> models, CancellationToken cancellationToken)
    {
        foreach (var (served, model) in models.Zip(Models))
        {
            foreach (var adapter in served.Adapters)
            {
                try
                {
                    await LoadAsync(model, adapter, replaces: false, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception error) when (error is ApiException or AdapterRefusedException)
                {
                    throw new ArgumentException($"model '{model.Name}': {error.Message}", nameof(models), error);
                }
            }
        }
    }

    /// <summary>Loads an adapter for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="replaces">Whether it may take the name of one that the model has.</param>
    /// <param name="cancellationToken">Ends the wait for others that are being loaded.</param>
    /// <exception cref="AdapterRefusedException">The name is taken, or there is no room.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or made for another model.</exception>
    /// <exception cref="NotSupportedException">It is of a kind that is not computed.</exception>
    public async Task LoadAsync(HostedModel model, ServedAdapter adapter, bool replaces, CancellationToken cancellationToken)
    {
        await _naming.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var known = Lookup(adapter.Name);
            if (known is not null && (known.Parent != model.Name || !replaces))
            {
                throw new ApiException(ApiError.Field("lora_name", "name_taken", known.Adapter is null
                    ? $"'{known.Name}' is a model's name; give the adapter another"
                    : known.Parent == model.Name
                        ? $"an adapter called '{known.Name}' is loaded already; unload it first, or set 'load_inplace'"
                        : $"an adapter of model '{known.Parent}' is called '{known.Name}'; give this one another name"));
            }

            await (known is null
                ? model.Engine.LoadAdapterAsync(adapter.Name, adapter.Path, cancellationToken)
                : model.Engine.ReplaceAdapterAsync(adapter.Name, adapter.Path, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _naming.Release();
        }
    }

    /// <summary>The model that a request names; where there is but one, it need not.</summary>
    public HostedModel Choose(RequestFields fields)
    {
        const string Field = "model";
        if (fields.Text(Field) is { } name) return Find(name, Field);
        return Models.Count == 1 ? Models[0] : throw FieldErrors.Missing(Field, $"one of {Names}");
    }

    /// <summary>The model that a request by Ollama's protocol names; its clients may add the tag of the latest version.</summary>
    public HostedModel ChooseOllama(RequestFields fields)
    {
        const string Latest = ":latest";
        var (field, name) = ("model", fields.Text("model"));
        if (name is null && fields.Text("name") is { } old) (field, name) = ("name", old);
        if (name is null) return Choose(fields);
        if (name.EndsWith(Latest, StringComparison.Ordinal) && Lookup(name) is null) name = name[..^Latest.Length];
        return Find(name, field);
    }

    /// <summary>The model of this name.</summary>
    /// <param name="name">A name that a client gave.</param>
    /// <param name="param">The field that it stood in, if any.</param>
    public HostedModel Find(string name, string? param) => Lookup(name) ?? throw new ApiException(new(
        404, ApiError.InvalidRequest, "model_not_found", $"there is no model '{name}' here; there is {Names}", param));

    public void Dispose() => _naming.Dispose();

    private string Names => string.Join(", ", Listed.Select(static model => $"'{model.Name}'"));

    private HostedModel? Lookup(string name) => _byName.GetValueOrDefault(name)
        ?? Models.SelectMany(static model => model.Adapted).FirstOrDefault(adapted => adapted.Name == name);
}
