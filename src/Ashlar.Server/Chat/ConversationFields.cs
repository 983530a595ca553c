using System.Text.Json.Nodes;
using Ashlar.Server.Conversations;
using Ashlar.Server.Json;

namespace Ashlar.Server.Chat;

/// <summary>Reads the fields of a request by OpenAI's protocol, and of vLLM's additions, that make up the conversation.</summary>
internal static class ConversationFields
{
    /// <summary>
    /// Reads <c>messages</c>, <c>add_generation_prompt</c>, <c>continue_final_message</c> and <c>chat_template_kwargs</c>.
    /// </summary>
    public static Conversation Read(RequestFields fields)
    {
        const string Kwargs = "chat_template_kwargs";
        var continues = fields.Boolean("continue_final_message") ?? false;
        return new(MessageFields.Read(fields))
        {
            AddGenerationPrompt = fields.Boolean("add_generation_prompt") ?? true,
            ContinueFinalMessage = continues,
            Variables = fields.Object(Kwargs, "an object of variables for the chat template") is { } kwargs
                ? JsonObject.Create(kwargs)
                : null,
        };
    }
}
