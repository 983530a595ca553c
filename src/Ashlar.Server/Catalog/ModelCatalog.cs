using Ashlar.Models.Templates;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Catalog;

/// <summary>The models that are served, by name.</summary>
internal sealed class ModelCatalog
{
    private readonly Dictionary<string, HostedModel> _byName = new(StringComparer.Ordinal);

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
        if (name.EndsWith(Latest, StringComparison.Ordinal) && !_byName.ContainsKey(name)) name = name[..^Latest.Length];
        return Find(name, field);
    }

    /// <summary>The model of this name.</summary>
    /// <param name="name">A name that a client gave.</param>
    /// <param name="param">The field that it stood in, if any.</param>
    public HostedModel Find(string name, string? param) => _byName.GetValueOrDefault(name) ?? throw new ApiException(new(
        404, ApiError.InvalidRequest, "model_not_found", $"there is no model '{name}' here; there is {Names}", param));

    private string Names => string.Join(", ", Models.Select(static model => $"'{model.Name}'"));
}
