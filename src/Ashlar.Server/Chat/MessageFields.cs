using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Chat;

/// <summary>Reads <c>messages</c> into the form that chat templates take.</summary>
internal static class MessageFields
{
    private const string Name = "messages";

    /// <summary>The conversation: an array of objects with <c>role</c> and <c>content</c>.</summary>
    public static JsonArray Read(RequestFields fields)
    {
        const string Expected = "an array of messages, each with a role and a content";
        var messages = fields.Array(Name, Expected) ?? throw FieldErrors.Missing(Name, Expected);
        if (messages.GetArrayLength() == 0) throw FieldErrors.Empty(Name, Expected);
        return [.. messages.EnumerateArray().Select(static (message, index) =>
            Message(ContentParts.Object(message, $"{Name}[{index}]", "an object with a role and a content")))];
    }

    private static JsonObject Message(RequestFields fields)
    {
        // Developer messages are what system messages are called now; templates know the old name.
        var role = fields.OneOf("role", "system", "developer", "user", "assistant", "tool")
            ?? throw FieldErrors.Missing(fields.PathOf("role"), "one of system, developer, user, assistant, tool");
        var message = new JsonObject { ["role"] = role == "developer" ? "system" : role };
        var calls = role == "assistant" ? Calls(fields) : null;
        message["content"] = fields.Take("content") is { } content || calls is null
            ? ContentParts.Text(fields.Take("content"), fields.PathOf("content"), "text")
            : "";
        if (role == "assistant" && Reasoning(fields) is { } reasoning) message["reasoning_content"] = reasoning;
        if (calls is not null) message["tool_calls"] = calls;
        if (fields.Text("name") is { } name) message["name"] = name;
        if (role == "tool" && fields.Text("tool_call_id") is { } call) message["tool_call_id"] = call;
        RefuseRest(fields);
        return message;
    }

    private static string? Reasoning(RequestFields fields)
    {
        var (reasoning, other) = (fields.Text("reasoning_content"), fields.Text("reasoning")); // two servers' names for one thing
        return reasoning ?? other;
    }

    private static JsonArray? Calls(RequestFields fields)
    {
        const string Field = "tool_calls";
        if (fields.Array(Field, "an array of tool calls") is not { } json || json.GetArrayLength() == 0) return null;
        return [.. json.EnumerateArray().Select((call, index) =>
            Call(ContentParts.Object(call, $"{fields.PathOf(Field)}[{index}]", "an object with a function")))];
    }

    private static JsonObject Call(RequestFields call)
    {
        const string Expected = "an object with name and arguments";
        var id = call.Text("id") ?? throw FieldErrors.Missing(call.PathOf("id"), "a string");
        call.OneOf("type", "function");
        call.Integer("index", 0, int.MaxValue); // what a client that gathers events may leave
        var json = call.Object("function", Expected) ?? throw FieldErrors.Missing(call.PathOf("function"), Expected);
        var function = new RequestFields(json, call.PathOf("function"));
        var name = function.Text("name") ?? throw FieldErrors.Missing(function.PathOf("name"), "a string");
        var arguments = CallArguments.Parse(function, "arguments");
        function.RefuseUnread();
        call.RefuseUnread();
        return new()
        {
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
        };
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
