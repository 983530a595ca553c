using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Models;
using Ashlar.Models.Templates;
using Ashlar.Models.Tokenizers;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>Turns conversations into prompts: messages into the variables of a chat template, its text into tokens.</summary>
internal sealed class ChatPrompt
{
    private readonly Tokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly TimeProvider _clock;

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
        _template = template is not null ? ChatTemplate.Parse(template) : model.ChatTemplate ?? throw new NotSupportedException(
            $"model '{model.Name}' has no chat template; "
                + $"give one in {nameof(AshlarChatClientOptions)}.{nameof(AshlarChatClientOptions.Template)}, "
                + "for instance \"{{ bos_token }}{{ messages[-1].content }}\" for a model that merely continues text");
    }

    /// <summary>The prompt that asks for the next message.</summary>
    /// <param name="messages">The conversation; texts only.</param>
    /// <param name="instructions">What goes before it as a system message, if anything.</param>
    /// <param name="variables">More variables for the template, if any.</param>
    /// <exception cref="NotSupportedException">A message holds what is no text.</exception>
    /// <exception cref="ArgumentException">A variable has the name of the conversation.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public int[] Encode(IEnumerable<ChatMessage> messages, string? instructions, JsonObject? variables)
    {
        var conversation = new JsonArray();
        if (!string.IsNullOrEmpty(instructions)) conversation.Add(Message("system", instructions));
        foreach (var message in messages)
        {
            var content = Message(message.Role.Value, TextOf(message));
            if (message.AuthorName is { } name) content["name"] = name;
            conversation.Add(content);
        }

        var all = new JsonObject
        {
            ["messages"] = conversation,
            ["add_generation_prompt"] = true,
            ["bos_token"] = TextOf(_tokenizer.BosId),
            ["eos_token"] = TextOf(_tokenizer.EosId),
        };
        foreach (var (name, value) in variables ?? [])
        {
            if (name == "messages")
            {
                throw new ArgumentException("the template variable 'messages' is the conversation; give it no other value");
            }
            all[name] = value?.DeepClone();
        }

        // The template writes every special token that there is to be.
        return _tokenizer.Encode(_template.Render(all, _clock), addSpecial: false, parseSpecial: true);
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static string TextOf(ChatMessage message)
    {
        var text = new StringBuilder();
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case UsageContent: // what an earlier answer took, in a history that was gathered from updates
                    break;
                default:
                    throw new NotSupportedException(
                        $"a {message.Role} message holds {content.GetType().Name}; this client takes {nameof(TextContent)} only");
            }
        }

        return text.ToString();
    }

    private string TextOf(int? token) => token is { } id ? Encoding.UTF8.GetString(_tokenizer.TokenBytes(id)) : "";
}
