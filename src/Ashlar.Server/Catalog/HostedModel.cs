using System.Text;
using Ashlar.Engine;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Ashlar.Server.Errors;

namespace Ashlar.Server.Catalog;

/// <summary>A served model, ready for requests.</summary>
internal sealed class HostedModel
{
    private readonly ChatTemplate? _template;

    /// <exception cref="TemplateException">The template given for it is not valid.</exception>
    public HostedModel(ServedModel served)
    {
        (Name, Engine) = (served.Name, served.Engine);
        _template = served.ChatTemplate is { } source ? ChatTemplate.Parse(source) : served.Engine.Model.ChatTemplate;
    }

    public string Name { get; }

    public InferenceEngine Engine { get; }

    /// <summary>What turns texts into tokens.</summary>
    /// <exception cref="ApiException">The model has none.</exception>
    public Tokenizer Tokenizer => Engine.Model.Tokenizer ?? throw new ApiException(ApiError.Field(
        null, "tokenizer_missing", $"model '{Name}' has no tokenizer; send token ids as the 'prompt' of /v1/completions"));

    /// <summary>What turns conversations into texts.</summary>
    /// <exception cref="ApiException">The model has none.</exception>
    public ChatTemplate Template => _template ?? throw new ApiException(ApiError.Field(
        "messages",
        "chat_template_missing",
        $"model '{Name}' has no chat template; use /v1/completions, or start the server with a chat template for it"));

    /// <summary>The name of a special token as templates know it.</summary>
    public string TextOf(int? token) => token is { } id ? Encoding.UTF8.GetString(Tokenizer.TokenBytes(id)) : "";
}
