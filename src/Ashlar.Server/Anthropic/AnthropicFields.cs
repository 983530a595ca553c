using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Server.Catalog;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Generation;
using Ashlar.Server.Json;

namespace Ashlar.Server.Anthropic;

/// <summary>Reads the fields of a message request that are this protocol's own.</summary>
internal static class AnthropicFields
{
    /// <summary>How to generate: a request that lacks only its prompt.</summary>
    public static GenerationRequest Read(RequestFields fields, HostedModel model)
    {
        var maxTokens = fields.Integer("max_tokens", 1, model.Engine.ContextLength)
            ?? throw FieldErrors.Missing("max_tokens", $"a whole number from 1 to {model.Engine.ContextLength}");
        return GenerationFields.Read(fields, model.Engine, maxTokens, stopName: "stop_sequences");
    }

    /// <summary>The conversation, with what the template is to know of thinking.</summary>
    public static Conversation ReadConversation(RequestFields fields, HostedModel model)
    {
        var thinking = ReadThinking(fields, model);
        return AnthropicMessages.Read(fields) with { Variables = thinking };
    }

    /// <summary>Judges all other fields.</summary>
    public static void Judge(RequestFields fields)
    {
        if (fields.Object("metadata", "an object") is { } json)
        {
            var metadata = new RequestFields(json, "metadata");
            metadata.Text("user_id");
            metadata.RefuseUnread();
        }

        fields.OneOf("service_tier", "auto", "standard_only");
        if (fields.Array("tools", "an array of tools") is { } tools && tools.GetArrayLength() > 0)
        {
            throw FieldErrors.Unsupported("tools", "describe tools in a message");
        }

        fields.RefuseUnread();
    }

    private static JsonObject? ReadThinking(RequestFields fields, HostedModel model)
    {
        const string Name = "thinking";
        if (fields.Object(Name, "an object with a type") is not { } json) return null;
        var thinking = new RequestFields(json, Name);
        var type = thinking.OneOf("type", "enabled", "disabled", "adaptive") ?? throw FieldErrors.Missing("thinking.type", "a string");
        thinking.Integer("budget_tokens", 1, int.MaxValue);
        thinking.RefuseUnread();
        return ReasoningVariables.Of(model, type == "disabled" ? ReasoningVariables.None : "medium", Name);
    }
}
