using System.Text.Json.Nodes;
using Ashlar.Server.Catalog;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;

namespace Ashlar.Server.Chat;

/// <summary>Reads the fields of a request by OpenAI's protocol, and of vLLM's additions, that make up the conversation.</summary>
internal static class ConversationFields
{
    /// <summary>
    /// Reads <c>messages</c>, <c>tools</c>, <c>tool_choice</c>, <c>parallel_tool_calls</c>, <c>reasoning_effort</c>, formats,
    /// <c>add_generation_prompt</c>, <c>continue_final_message</c> and <c>chat_template_kwargs</c>.
    /// </summary>
    public static Conversation Read(RequestFields fields, HostedModel model)
    {
        var messages = MessageFields.Read(fields);
        var (tools, isStrict) = ToolFields.Read(fields, ToolFields.ReadNested);
        var choice = ToolFields.ReadChoice(fields, tools);
        return new(messages)
        {
            AddGenerationPrompt = fields.Boolean("add_generation_prompt") ?? true,
            ContinueFinalMessage = fields.Boolean("continue_final_message") ?? false,
            Variables = Variables(fields, model),
            Tools = new(tools, choice, fields.Boolean("parallel_tool_calls") ?? true, isStrict),
            Format = FormatFields.Read(fields),
        };
    }

    private static JsonObject Variables(RequestFields fields, HostedModel model)
    {
        const string Effort = "reasoning_effort";
        var variables = fields.OneOf(Effort, "none", "minimal", "low", "medium", "high", "xhigh") is { } effort
            ? ReasoningVariables.Of(model, effort, Effort)
            : [];
        if (fields.Object("chat_template_kwargs",
            "an object of variables for the chat template") is not { } kwargs) return variables;
        foreach (var property in JsonObject.Create(kwargs)!)
        {
            if (variables.ContainsKey(property.Key)) throw FieldErrors.WrongValue(Effort, "given",
                $"absent, or '{property.Key}' be");
            variables[property.Key] = property.Value?.DeepClone();
        }

        return variables;
    }
}
