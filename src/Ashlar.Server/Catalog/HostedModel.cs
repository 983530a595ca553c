using System.Text;
using Ashlar.Engine;
using Ashlar.Engine.Dialects;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Errors;
using Ashlar.Server.Metrics;

namespace Ashlar.Server.Catalog;

/// <summary>A served model, ready for requests.</summary>
internal sealed class HostedModel
{
    private readonly string? _givenSource;
    private readonly ChatTemplate? _givenTemplate;
    private ChatPromptTemplate? _template;

    /// <exception cref="TemplateException">The template given for it is not valid.</exception>
    public HostedModel(ServedModel served)
    {
        (Name, Engine) = (served.Name, served.Engine);
        _givenSource = served.ChatTemplate;
        _givenTemplate = served.ChatTemplate is { } source ? ChatTemplate.Parse(source) : null;
    }

    public string Name { get; }

    public InferenceEngine Engine { get; }

    /// <summary>What is told of it beside its name.</summary>
    public ModelDescription Description => field ??= new(Engine.Model);

    /// <summary>What is counted of its requests.</summary>
    public ModelMetrics Metrics { get; } = new();

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
    public ChatPromptTemplate Template =>
        _template ??= new(_givenTemplate ?? Engine.Model.ChatTemplate ?? throw new ApiException(ApiError.Field(
        "messages",
        "chat_template_missing",
        $"model '{Name}' has no chat template; use /v1/completions, or start the server with a chat template for it")));

    /// <summary>The source of the template; null where there is none.</summary>
    public string? TemplateSource => _givenSource ?? Engine.Model.Tokenizer?.ChatTemplate;

    /// <summary>The name of a special token as templates know it.</summary>
    public string TextOf(int? token) => token is { } id ? Encoding.UTF8.GetString(Tokenizer.TokenBytes(id)) : "";

    /// <summary>What is said of an engine that has failed.</summary>
    internal static ApiError FailureOf(string model, Exception cause) => new(
        503,
        ApiError.ServerError,
        "engine_failed",
        $"the engine of model '{model}' has failed and must be started again: {cause.Message}");
}
