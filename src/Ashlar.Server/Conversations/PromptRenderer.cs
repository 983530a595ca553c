using System.Text.Json.Nodes;
using Ashlar.Models.Templates;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;

namespace Ashlar.Server.Conversations;

/// <summary>Turns conversations into prompts by the model's chat template.</summary>
internal sealed class PromptRenderer(TimeProvider clock)
{
    /// <summary>The prompt as tokens. The template writes the special tokens, and mostly those around the whole text as well.</summary>
    /// <exception cref="ApiException">The template refuses the conversation, or fails upon it.</exception>
    public int[] Encode(HostedModel model, Conversation conversation, bool addSpecial = false) =>
        model.Tokenizer.Encode(Render(model, conversation), addSpecial, parseSpecial: true);

    /// <summary>The prompt as text.</summary>
    /// <exception cref="ApiException">The template refuses the conversation, or fails upon it.</exception>
    public string Render(HostedModel model, Conversation conversation)
    {
        var variables = new JsonObject
        {
            ["messages"] = conversation.Messages,
            ["add_generation_prompt"] = conversation.AddGenerationPrompt && !conversation.ContinueFinalMessage,
            ["bos_token"] = model.TextOf(model.Tokenizer.BosId),
            ["eos_token"] = model.TextOf(model.Tokenizer.EosId),
        };
        foreach (var (name, value) in conversation.Variables ?? [])
        {
            if (!variables.TryAdd(name, value?.DeepClone()))
            {
                throw FieldErrors.WrongValue(
                    "chat_template_kwargs", $"an object with the name '{name}'", "one without: the server sets this variable");
            }
        }

        try
        {
            var prompt = model.Template.Render(variables, clock);
            return conversation.ContinueFinalMessage ? CutAfterLastMessage(prompt, conversation) : prompt;
        }
        catch (TemplateException error)
        {
            var message = $"the chat template refuses these messages: {error.Message}";
            throw new ApiException(ApiError.Field(conversation.Field, "chat_template_error", message), error);
        }
    }

    // The template ends the message with whatever ends messages; the model is to go on before that.
    private static string CutAfterLastMessage(string prompt, Conversation conversation)
    {
        var last = conversation.Messages[^1]!;
        if (last["role"]!.GetValue<string>() != "assistant" || last["content"]?.GetValue<string>() is not { } content)
        {
            throw FieldErrors.WrongValue(
                "continue_final_message", "true, and the last message is not the assistant's", "false, or the last message a text of the assistant's");
        }

        // Templates trim what they are given, most of them.
        var place = prompt.LastIndexOf(content, StringComparison.Ordinal);
        if (place >= 0) return prompt[..(place + content.Length)];
        var trimmed = content.Trim();
        place = prompt.LastIndexOf(trimmed, StringComparison.Ordinal);
        return place >= 0
            ? prompt[..(place + trimmed.Length)]
            : throw new ApiException(ApiError.Field(
                conversation.Field,
                "chat_template_error",
                "the chat template does not render the last message as it is, so that it cannot be continued; leave it out"));
    }
}
