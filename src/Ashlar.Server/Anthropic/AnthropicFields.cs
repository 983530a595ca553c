using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Engine.Dialects;
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
        var conversation = AnthropicMessages.Read(fields) with { Variables = thinking };
        var (tools, isStrict) = ToolFields.Read(fields, ReadTool);
        var (choice, isParallel) = ReadChoice(fields, tools);
        return conversation with { Tools = new(tools, choice, isParallel, isStrict) };
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
        fields.RefuseUnread();
    }

    private static (ChatTool Tool, bool IsStrict) ReadTool(RequestFields tool)
    {
        if (tool.Text("type") is not (null or "custom")) throw FieldErrors.Unsupported(tool.PathOf("type"),
            "tools are the client's own here");
        tool.Object("cache_control", "an object");
        return ToolFields.ReadFunction(tool, "input_schema");
    }

    private static (ToolChoice Choice, bool IsParallel) ReadChoice(RequestFields fields, IReadOnlyList<ChatTool> tools)
    {
        const string Name = "tool_choice";
        var free = tools.Count > 0 ? ToolChoice.Auto : ToolChoice.None;
        if (fields.Object(Name, "an object with a type") is not { } json) return (free, true);
        var choice = new RequestFields(json, Name);
        var isSingle = choice.Boolean("disable_parallel_tool_use") ?? false;
        var type = choice.OneOf("type", "auto", "any", "tool", "none") ?? throw FieldErrors.Missing(choice.PathOf("type"),
            "a string");
        var read = type switch
        {
            "none" => ToolChoice.None,
            "any" => ToolFields.Must(tools, ToolChoice.Required),
            "tool" => ToolFields.Must(tools, ToolChoice.Named(
                choice.Text("name") ?? throw FieldErrors.Missing(choice.PathOf("name"), "the name of a tool"))),
            _ => free,
        };
        choice.RefuseUnread();
        return (read, !isSingle);
    }

    private static JsonObject? ReadThinking(RequestFields fields, HostedModel model)
    {
        const string Name = "thinking";
        if (fields.Object(Name, "an object with a type") is not { } json) return null;
        var thinking = new RequestFields(json, Name);
        var type = thinking.OneOf("type", "enabled", "disabled", "adaptive") ?? throw FieldErrors.Missing("thinking.type",
            "a string");
        thinking.Integer("budget_tokens", 1, int.MaxValue);
        thinking.RefuseUnread();
        return ReasoningVariables.Of(model, type == "disabled" ? ReasoningVariables.None : "medium", Name);
    }
}
