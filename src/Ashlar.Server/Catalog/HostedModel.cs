using System.Text;
using Ashlar.Engine;
using Ashlar.Engine.Dialects;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Errors;
using Ashlar.Server.Metrics;

namespace Ashlar.Server.Catalog;

/// <summary>A served model, ready for requests: itself, or with an adapter, which then has a name of its own.</summary>
internal sealed class HostedModel
{
    private readonly string? _givenSource;
    private readonly Lazy<ModelDescription> _description;
    private readonly Lazy<ChatPromptTemplate> _template;

    /// <exception cref="TemplateException">The template given for it is not valid.</exception>
    public HostedModel(ServedModel served, InferenceEngine engine, ModelMetrics metrics)
    {
        (Name, Engine, Metrics) = (served.Name, engine, metrics);
        _givenSource = served.ChatTemplate;
        _description = new(() => new(Engine.Model));
        var given = served.ChatTemplate is { } source ? ChatTemplate.Parse(source) : null;
        _template = new(
            () => new(given ?? Engine.Model.ChatTemplate ?? throw new ApiException(ApiError.Field(
                "messages",
                "chat_template_missing",
                $"model '{Name}' has no chat template; use /v1/completions, or start the server with a chat template for it"))),
            LazyThreadSafetyMode.PublicationOnly);
    }

    private HostedModel(HostedModel model, AdapterInfo adapter)
    {
        (Name, Parent, Adapter) = (adapter.Name, model.Name, adapter.Name);
        (Engine, Metrics, _givenSource) = (model.Engine, model.Metrics, model._givenSource);
        (_description, _template) = (model._description, model._template);
    }

    /// <summary>What requests call it, and answers.</summary>
    public string Name { get; }

    /// <summary>The model's own name, where this is the model with an adapter; else null.</summary>
    public string? Parent { get; }

    /// <summary>The adapter that requests run with; null for the model itself.</summary>
    public string? Adapter { get; }

    public InferenceEngine Engine { get; }

    /// <summary>The model with one of the adapters that are loaded for it; null where there is none of the name.</summary>
    public HostedModel? With(string adapter) =>
        Engine.Adapters.FirstOrDefault(loaded => loaded.Name == adapter) is { } found ? new(this, found) : null;

    /// <summary>What is told of it beside its name.</summary>
    public ModelDescription Description => _description.Value;

    /// <summary>What is counted of its requests, those with adapters among them.</summary>
    public ModelMetrics Metrics { get; }

    /// <summary>What is said of the engine if it has failed, or makes no steps any more.</summary>
    public ApiError? Failure =>
        Engine.Failure is { } cause ? FailureOf(Name, cause)
        : Engine.IsStalled ? new(
            503, ApiError.ServerError, "engine_stalled", $"the engine of model '{Name}' has work and makes no steps; start it again")
        : null;

    /// <summary>What turns texts into tokens.</summary>
    /// <exception cref="ApiException">The model has none.</exception>
    public Tokenizer Tokenizer => Engine.Model.Tokenizer ?? throw new ApiException(ApiError.Field(
        null,
        "tokenizer_missing",
        $"model '{Name}' has no tokenizer ({Engine.Model.TokenizerProblem}); send token ids as the 'prompt' of /v1/completions"));

    /// <summary>All special tokens.</summary>
    public IReadOnlyList<int> SpecialTokens =>
        field ??= [.. Enumerable.Range(0, Tokenizer.VocabularySize).Where(Tokenizer.IsSpecial)];

    /// <summary>What turns conversations into texts.</summary>
    /// <exception cref="ApiException">The model has none.</exception>
    /// <exception cref="TemplateException">The one that came with the model is not valid.</exception>
    public ChatPromptTemplate Template => _template.Value;

    /// <summary>The source of the template; null where there is none.</summary>
    public string? TemplateSource => _givenSource ?? Engine.Model.Tokenizer?.ChatTemplate;

    /// <summary>The name of a special token as templates know it.</summary>
    public string TextOf(int? token) => token is { } id ? Encoding.UTF8.GetString(Tokenizer.TokenBytes(id)) : "";

    /// <summary>The model, where adapters have no part in what is asked.</summary>
    /// <exception cref="ApiException">The request names one.</exception>
    public HostedModel WithoutAdapter() => Adapter is null ? this : throw FieldErrors.Wrong(
        "model", "adapter_not_supported", $"'{Name}' is an adapter, which is for generation alone; ask model '{Parent}'");

    /// <summary>What is said of an engine that has failed.</summary>
    internal static ApiError FailureOf(string model, Exception cause) => new(
        503,
        ApiError.ServerError,
        "engine_failed",
        $"the engine of model '{model}' has failed and must be started again: {cause.Message}");
}
