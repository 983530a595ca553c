using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Responses;

/// <summary>Reads <c>input</c>: a text, which is a user's message, or items of a conversation.</summary>
internal static class InputItems
{
    private const string Name = "input";
    private const string Expected = "a string, or an array of items";

    /// <summary>Adds the input to a conversation.</summary>
    /// <returns>The items as they are told of later: each with an id.</returns>
    public static JsonArray Read(RequestFields fields, MessageList messages)
    {
        switch (fields.Take(Name) ?? throw FieldErrors.Missing(Name, Expected))
        {
            case { ValueKind: JsonValueKind.String } text:
                messages.Add("user", text.GetString()!);
                return [Message(text.GetString()!)];
            case { ValueKind: JsonValueKind.Array } items when items.GetArrayLength() == 0:
                throw FieldErrors.Empty(Name, Expected);
            case { ValueKind: JsonValueKind.Array } items:
                var told = new JsonArray();
                foreach (var (index, item) in items.EnumerateArray().Index())
                {
                    ReadItem(ContentParts.Object(item, $"{Name}[{index}]", "an item of a conversation"), messages);
                    told.Add(WithId((JsonObject)JsonNode.Parse(item.GetRawText())!));
                }

                return told;
            case { } value:
                throw FieldErrors.WrongType(Name, value.Describe(), Expected);
        }
    }

    private static void ReadItem(RequestFields item, MessageList messages)
    {
        item.Text("id");
        item.OneOf("status", OutputItem.InProgress, OutputItem.Completed, OutputItem.Incomplete);
        switch (item.Text("type") ?? "message")
        {
            case "message":
                ReadMessage(item, messages);
                break;
            case "reasoning":
                ReadReasoning(item, messages);
                break;
            case "function_call":
                messages.AddCall(Required(item, "call_id"), Required(item, "name"), CallArguments.Parse(item, "arguments"));
                break;
            case "function_call_output":
                var call = Required(item, "call_id");
                messages.AddResult(call, ContentParts.Text(item.Take("output"), item.PathOf("output"), "input_text",
                    "output_text"));
                break;
            case var type:
                throw FieldErrors.Wrong(
                    item.PathOf("type"),
                    "unsupported_parameter",
                    $"'{item.PathOf("type")}' is '{type}'; this server takes message, reasoning, function_call and function_call_output");
        }

        item.RefuseUnread();
    }

    private static void ReadMessage(RequestFields item, MessageList messages)
    {
        const string Roles = "one of system, developer, user, assistant";
        var role = item.OneOf("role", "system", "developer", "user", "assistant")
            ?? throw FieldErrors.Missing(item.PathOf("role"), Roles);
        var text = ContentParts.Text(item.Take("content"), item.PathOf("content"), "input_text", "output_text", "text");
        if (role == "assistant") messages.AddAnswer(text);
        else messages.Add(role == "developer" ? "system" : role, text);
    }

    // A summary is told to people, not to models; what was encrypted elsewhere cannot be read here.
    private static void ReadReasoning(RequestFields item, MessageList messages)
    {
        item.Array("summary", "an array");
        item.Text("encrypted_content");
        if (item.Take("content") is not { } content) return;
        messages.AddReasoning(ContentParts.Text(content, item.PathOf("content"), "reasoning_text", "text"));
    }

    private static string Required(RequestFields item, string name) =>
        item.Text(name) ?? throw FieldErrors.Missing(item.PathOf(name), "a string");

    private static JsonObject Message(string text) => WithId(new()
    {
        ["type"] = "message",
        ["role"] = "user",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = text }),
    });

    private static JsonObject WithId(JsonObject item)
    {
        item.TryAdd("type", "message");
        if (item["id"] is null) item["id"] = $"item_{Guid.NewGuid():N}";
        return item;
    }
}
