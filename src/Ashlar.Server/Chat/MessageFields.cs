using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Chat;

/// <summary>Reads <c>messages</c> into the form that chat templates take.</summary>
internal static class MessageFields
{
    private const string Name = "messages";

    /// <summary>The conversation: an array of objects with <c>role</c> and <c>content</c>, both texts.</summary>
    public static JsonArray Read(RequestFields fields)
    {
        const string Expected = "an array of messages, each with a role and a content";
        var messages = fields.Take(Name, JsonValueKind.Array, Expected) ?? throw FieldErrors.Missing(Name, Expected);
        if (messages.GetArrayLength() == 0) throw FieldErrors.Empty(Name, Expected);
        return [.. messages.EnumerateArray().Select(static (message, index) => Message(message, $"{Name}[{index}]"))];
    }

    private static JsonObject Message(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw FieldErrors.WrongType(path, json.Describe(), "an object with a role and a content");
        }

        var fields = new RequestFields(json, path);

        // Developer messages are what system messages are called now; templates know the old name.
        var role = fields.OneOf("role", "system", "developer", "user", "assistant", "tool")
            ?? throw FieldErrors.Missing(fields.PathOf("role"), "one of system, developer, user, assistant, tool");
        var message = new JsonObject
        {
            ["role"] = role == "developer" ? "system" : role,
            ["content"] = Content(fields),
        };
        if (fields.Text("name") is { } name) message["name"] = name;
        if (role == "tool" && fields.Text("tool_call_id") is { } call) message["tool_call_id"] = call;
        RefuseRest(fields);
        return message;
    }

    private static string Content(RequestFields fields)
    {
        const string Field = "content";
        const string Expected = "a string, or an array of parts of type 'text'";
        return fields.Take(Field) switch
        {
            null => throw FieldErrors.Missing(fields.PathOf(Field), Expected),
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Array } parts => Join(parts, fields.PathOf(Field)),
            { } value => throw FieldErrors.WrongType(fields.PathOf(Field), value.Describe(), Expected),
        };
    }

    // Parts are joined by line breaks, as other servers do for templates that take a text.
    private static string Join(JsonElement parts, string path) =>
        string.Join('\n', parts.EnumerateArray().Select((part, index) => Part(part, $"{path}[{index}]")));

    private static string Part(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw FieldErrors.WrongType(path, json.Describe(), "an object of type 'text'");
        }

        var fields = new RequestFields(json, path);
        switch (fields.Text("type"))
        {
            case null:
                throw FieldErrors.Missing(fields.PathOf("type"), "'text'");
            case "text":
                var text = fields.Text("text") ?? throw FieldErrors.Missing(fields.PathOf("text"), "a string");
                fields.RefuseUnread();
                return text;
            case var type:
                throw FieldErrors.Wrong(
                    fields.PathOf("type"),
                    "unsupported_parameter",
                    $"'{fields.PathOf("type")}' is '{type}'; this model takes parts of type 'text' only");
        }
    }

    private static void RefuseRest(RequestFields fields)
    {
        foreach (var (name, value) in fields.Unread())
        {
            switch (name)
            {
                case "refusal" or "audio" or "function_call" or "tool_calls" when value.ValueKind == JsonValueKind.Null:
                case "tool_calls" or "annotations" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0:
                    break; // what assistant messages carry that come back with the history
                case "refusal" or "audio" or "function_call" or "tool_calls" or "annotations" or "tool_call_id":
                    throw FieldErrors.Unsupported(fields.PathOf(name), "put it into the content");
                default:
                    throw FieldErrors.Unknown(fields.PathOf(name));
            }
        }
    }
}
