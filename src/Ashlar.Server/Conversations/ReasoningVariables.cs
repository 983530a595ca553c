using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;

namespace Ashlar.Server.Conversations;

/// <summary>
/// Tells a chat template how much the model is to think. Each family of models has its own variable; the template's source shows
/// which.
/// </summary>
internal static partial class ReasoningVariables
{
    public const string None = "none";

    /// <summary>The variables that stand for an effort.</summary>
    /// <param name="model">The model to ask.</param>
    /// <param name="effort"><c>none</c>, or one of OpenAI's words from <c>minimal</c> to <c>xhigh</c>.</param>
    /// <param name="param">The field that asks.</param>
    /// <exception cref="ApiException">The template has no such variable, and the effort is not none.</exception>
    public static JsonObject Of(HostedModel model, string effort, string param)
    {
        var source = model.TemplateSource ?? "";
        if (source.Contains("enable_thinking", StringComparison.Ordinal)) return new() { ["enable_thinking"] = effort != None };
        if (source.Contains("reasoning_effort", StringComparison.Ordinal)) return new() { ["reasoning_effort"] = effort };
        if (Thinking().IsMatch(source)) return new() { ["thinking"] = effort != None };
        if (effort == None) return [];
        throw FieldErrors.Unsupported(param, $"the chat template of model '{model.Name}' knows no such thing; leave it out");
    }

    [GeneratedRegex("""(?<![\w'"<.])thinking(?![\w'">])""")]
    private static partial Regex Thinking();
}
