using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Models.Templates.Library;
using Ashlar.Models.Templates.Syntax;
using Ashlar.Models.Templates.Tree;
using Ashlar.Models.Templates.Values;

namespace Ashlar.Models.Templates;

/// <summary>
/// A chat template: the Jinja program, published with a model, that turns a conversation into its prompt.
/// It means what Jinja 3.1 makes of it in the immutable sandbox that Hugging Face's tokenizers use, with trimmed
/// and left-stripped blocks and loop controls. It reaches nothing but its variables, and its cost is bounded.
/// </summary>
/// <remarks>A parsed template is immutable; any number of threads may render it at once.</remarks>
public sealed class ChatTemplate
{
    private readonly Body _body;
    private readonly TemplateLimits _limits;

    private ChatTemplate(string source, Body body, TemplateLimits limits)
    {
        Source = source;
        _body = body;
        _limits = limits;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The template's text.</param>
    /// <param name="limits">What it may cost; <see cref="TemplateLimits.Default"/> where none are given.</param>
    /// <exception cref="TemplateException">
    /// The source is no valid template, is too large, or uses a construct that is not supported.
    /// </exception>
    public static ChatTemplate Parse(string source, TemplateLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        limits ??= TemplateLimits.Default;
        if (source.Length > limits.SourceCharacters)
        {
            throw new TemplateException(
                TemplateErrorKind.Limit,
                $"the source has {source.Length} characters, more than the {limits.SourceCharacters} allowed",
                new(1, 1));
        }

        return new(source, StatementParser.ParseTemplate(source, limits), limits);
    }

    /// <summary>Renders the template.</summary>
    /// <param name="variables">
    /// An object whose members are the template's variables: <c>messages</c>, <c>add_generation_prompt</c>, <c>tools</c>,
    /// <c>bos_token</c> and so on. The order of members is kept.
    /// </param>
    /// <param name="clock">What <c>strftime_now</c> reads; the system's clock where none is given.</param>
    /// <exception cref="ArgumentException"><paramref name="variables"/> is no object.</exception>
    /// <exception cref="TemplateException">An operation failed, a limit was reached, or the template raised an error.</exception>
    public string Render(JsonElement variables, TimeProvider? clock = null)
    {
        if (variables.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException("the variables of a template must be a JSON object", nameof(variables));
        }

        var budget = new Budget(_limits, inputCharacters: JsonValues.Size(variables)) { At = new(1, 1) };
        var globals = new Scope(null, budget);
        foreach (var (name, value) in Functions.Globals(clock ?? TimeProvider.System)) globals.Set(name, value);
        foreach (var (name, value) in ((DictValue)JsonValues.From(variables, budget)).Entries)
        {
            globals.Set(name.ToText(budget), value);
        }

        var output = new TextSink(budget, isOutput: true);
        _body.Execute(new Scope(globals, budget), output);
        return output.ToString();
    }

    /// <summary>Renders the template with variables from a JSON object that is being built.</summary>
    /// <inheritdoc cref="Render(JsonElement, TimeProvider)"/>
    public string Render(JsonObject variables, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return Render(JsonSerializer.SerializeToElement(variables), clock);
    }
}
