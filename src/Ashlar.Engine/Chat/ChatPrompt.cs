using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Engine.Dialects;
using Ashlar.Models;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>Turns conversations into prompts: messages into the variables of a chat template, its text into tokens.</summary>
internal sealed class ChatPrompt
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatPromptTemplate _template;
    private readonly TimeProvider _clock;
    private readonly Lazy<IReadOnlyList<int>> _visible;
    private readonly Lazy<IReadOnlyList<int>> _visibleWithTools;

    /// <param name="model">The model to prompt.</param>
    /// <param name="template">The template to use in place of its own.</param>
    /// <param name="clock">What the template reads the time from.</param>
    /// <exception cref="NotSupportedException">
    /// The model has no tokenizer, or neither it nor the caller has a template.
    /// </exception>
    /// <exception cref="TemplateException">The template is not valid.</exception>
    public ChatPrompt(LanguageModel model, string? template, TimeProvider clock)
    {
        _clock = clock;
        _tokenizer = model.Tokenizer ?? throw new NotSupportedException(
            $"model '{model.Name}' has no tokenizer to chat with ({model.TokenizerProblem}); "
                + $"load one that has, or use {nameof(InferenceEngine)} with token ids");
        var parsed = template is not null ? ChatTemplate.Parse(template) : model.ChatTemplate ?? throw new NotSupportedException(
            $"model '{model.Name}' has no chat template; "
                + $"give one in {nameof(AshlarChatClientOptions)}.{nameof(AshlarChatClientOptions.Template)}, "
                + "for instance \"{{ bos_token }}{{ messages[-1].content }}\" for a model that merely continues text");
        _template = new(parsed);
        _visible = new(() => _template.Dialect.VisibleTokens(_tokenizer, mayCall: false));
        _visibleWithTools = new(() => _template.Dialect.VisibleTokens(_tokenizer, mayCall: true));
    }

    /// <summary>How the model writes reasoning and calls.</summary>
    public ChatDialect Dialect => _template.Dialect;

    /// <summary>The special tokens that the dialect's parser must see.</summary>
    /// <param name="mayCall">Whether there are tools.</param>
    public IReadOnlyList<int> VisibleTokens(bool mayCall) => mayCall ? _visibleWithTools.Value : _visible.Value;

    /// <summary>The prompt that asks for the next message.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="instructions">What goes before it as a system message, if anything.</param>
    /// <param name="tools">The tools that may be called.</param>
    /// <param name="variables">More variables for the template, if any.</param>
    /// <returns>The prompt as text and as tokens.</returns>
    /// <exception cref="NotSupportedException">A message holds what is neither text nor of a function call.</exception>
    /// <exception cref="ArgumentException">A variable has the name of the conversation.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public (string Text, int[] Tokens) Encode(
        IEnumerable<ChatMessage> messages, string? instructions, IReadOnlyList<ChatTool> tools, JsonObject? variables)
    {
        var all = new JsonObject { ["bos_token"] = TextOf(_tokenizer.BosId), ["eos_token"] = TextOf(_tokenizer.EosId) };
        foreach (var (name, value) in variables ?? [])
        {
            if (name == "messages")
            {
                throw new ArgumentException("the template variable 'messages' is the conversation; give it no other value");
            }

            all[name] = value?.DeepClone();
        }

        // The template writes every special token that there is to be.
        var text = _template.Render(ChatMessageReader.Read(messages, instructions), tools, all, _clock);
        return (text, _tokenizer.Encode(text, addSpecial: false, parseSpecial: true));
    }

    private string TextOf(int? token) => token is { } id ? Encoding.UTF8.GetString(_tokenizer.TokenBytes(id)) : "";
}
