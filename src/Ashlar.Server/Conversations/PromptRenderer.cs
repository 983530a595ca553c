using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Models.Templates;
using Ashlar.Server.Answers;
using Ashlar.Server.Catalog;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;

namespace Ashlar.Server.Conversations;

/// <summary>Turns conversations into prompts by the model's chat template.</summary>
internal sealed class PromptRenderer(TimeProvider clock)
{
    /// <summary>A choice that answers a conversation: with its prompt, and what is to be known to read the output.</summary>
    /// <param name="model">The model to ask.</param>
    /// <param name="conversation">What to answer.</param>
    /// <param name="request">How to answer; lacks only its prompt.</param>
    /// <param name="addSpecial">Whether the prompt gets the special tokens around texts, which templates mostly write
    /// themselves.</param>
    /// <param name="text">What else is part of the text, and how much of the prompt is kept; null for nothing and all.</param>
    /// <exception cref="ApiException">The template refuses the conversation, or fails upon it.</exception>
    public PlannedChoice Plan(
        HostedModel model, Conversation conversation, GenerationRequest request, bool addSpecial = false,
        OutputTextFields? text = null)
    {
        var prompt = Render(model, conversation);
        var dialect = model.Template.Dialect;
        var format = AnswerGrammar.Of(model, conversation, prompt);
        var tokens = model.Tokenizer.Encode(prompt, addSpecial, parseSpecial: true);
        var visible = OutputFormat.VisibleTokens(
            format, model, dialect.VisibleTokens(model.Tokenizer, mayCall: conversation.Tools.Callable.Count > 0));
        return new(request with
        {
            PromptTokens = text?.Truncate(tokens) ?? tokens,
            VisibleTokens = text?.VisibleTokens(model, visible) ?? visible,
            Grammar = format?.Grammar,
        })
        {
            CreateParser = () => dialect.CreateParser(conversation.Tools.Callable, prompt),
            GrammarField = format?.Field,
        };
    }

    /// <summary>The prompt as tokens.</summary>
    /// <exception cref="ApiException">The template refuses the conversation, or fails upon it.</exception>
    public int[] Encode(HostedModel model, Conversation conversation, bool addSpecial = false) =>
        model.Tokenizer.Encode(Render(model, conversation), addSpecial, parseSpecial: true);

    /// <summary>The prompt as text.</summary>
    /// <exception cref="ApiException">The template refuses the conversation, or fails upon it.</exception>
    public string Render(HostedModel model, Conversation conversation)
    {
        var variables = new JsonObject
        {
            ["add_generation_prompt"] = conversation.AddGenerationPrompt && !conversation.ContinueFinalMessage,
            ["bos_token"] = model.TextOf(model.Tokenizer.BosId),
            ["eos_token"] = model.TextOf(model.Tokenizer.EosId),
        };
        foreach (var (name, value) in conversation.Variables ?? [])
        {
            if (name is "messages" or "tools" || !variables.TryAdd(name, value?.DeepClone()))
            {
                throw FieldErrors.WrongValue(
                    "chat_template_kwargs", $"an object with the name '{name}'", "one without: the server sets this variable");
            }
        }

        try
        {
            var prompt = model.Template.Render(conversation.Messages, conversation.Tools.Callable, variables, clock);
            return conversation.ContinueFinalMessage ? CutAfterLastMessage(prompt, conversation) : prompt;
        }
        catch (Exception error) when (error is TemplateException or ArgumentException)
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
                "continue_final_message",
                "true, and the last message is not the assistant's",
                "false, or the last message a text of the assistant's");
        }

        foreach (var text in (string[])[content, content.Trim()]) // templates trim what they are given, most of them
        {
            var place = prompt.LastIndexOf(text, StringComparison.Ordinal);
            if (place >= 0) return prompt[..(place + text.Length)];
        }

        throw new ApiException(ApiError.Field(
            conversation.Field,
            "chat_template_error",
            "the chat template does not render the last message as it is, so that it cannot be continued; leave it out"));
    }
}
