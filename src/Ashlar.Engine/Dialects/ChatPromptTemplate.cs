using System.Text.Json.Nodes;
using Ashlar.Models.Templates;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// A chat template that takes conversations with tools in OpenAI's form, whatever form it wants them in. Templates differ in
/// what they take: arguments as text or as an object, content that may be null, one call in a message, results of tools, tools
/// at all. This is found out by rendering small conversations; what a template does not take is written into the messages' text
/// as the model would write it. Immutable and safe for concurrent use.
/// </summary>
public sealed class ChatPromptTemplate
{
    private readonly ChatTemplate _template;
    private readonly Lazy<ConversationForm> _form;

    /// <summary>Wraps a template.</summary>
    public ChatPromptTemplate(ChatTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        _template = template;
        Dialect = ChatDialect.Of(template.Source);
        _form = new(() => ConversationForm.Of(template, Dialect));
    }

    /// <summary>How the template's model writes reasoning and calls.</summary>
    public ChatDialect Dialect { get; }

    /// <summary>The prompt that asks for the next message.</summary>
    /// <param name="messages">
    /// The conversation as OpenAI's API has it: <c>role</c>, <c>content</c>, <c>reasoning_content</c>, <c>tool_calls</c> with
    /// arguments as text or object, <c>tool_call_id</c>. It is not changed.
    /// </param>
    /// <param name="tools">The tools that the model may call.</param>
    /// <param name="variables">More variables: <c>bos_token</c>, <c>enable_thinking</c>, ...</param>
    /// <param name="clock">What the template reads the time from; the system's by default.</param>
    /// <exception cref="ArgumentException">A call of the conversation is malformed; the message names it.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public string Render(
        JsonArray messages, IReadOnlyList<ChatTool> tools, JsonObject? variables = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(tools);
        var all = new JsonObject { ["messages"] = _form.Value.Shape(messages, tools), ["add_generation_prompt"] = true };
        ConversationForm.AddTools(all, tools, Dialect, clock ?? TimeProvider.System);
        foreach (var (name, value) in variables ?? []) all[name] = value?.DeepClone();
        return _template.Render(all, clock);
    }
}
