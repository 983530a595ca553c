using System.Text.Json;
using Ashlar.Server.Conversations;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Ollama;

/// <summary>Reads <c>messages</c>, whose contents are texts, and whose tool calls have no ids: results come in the calls'
/// order.</summary>
internal sealed class OllamaMessages
{
    private const string Name = "messages";

    private readonly MessageList _messages = new();
    private readonly Queue<string> _unanswered = new(); // ids of calls
    private int _calls;

    /// <summary>The conversation; null where there is none, which asks for nothing but that the model be loaded.</summary>
    public static MessageList? Read(RequestFields fields)
    {
        if (fields.Array(Name, "an array of messages, each with a role and a content") is not { } json) return null;
        if (json.GetArrayLength() == 0) return null;
        var reader = new OllamaMessages();
        foreach (var (index, message) in json.EnumerateArray().Index())
        {
            reader.Read(ContentParts.Object(message, $"{Name}[{index}]", "an object with a role and a content"),
                $"{Name}[{index}]");
        }

        return reader._messages;
    }

    private void Read(RequestFields message, string path)
    {
        const string Roles = "one of system, user, assistant, tool";
        var role = message.OneOf("role", "system", "user", "assistant", "tool")
            ?? throw FieldErrors.Missing(message.PathOf("role"), Roles);
        var content = message.Text("content") ?? "";
        RefuseImages(message);
        switch (role)
        {
            case "assistant":
                if (message.Text("thinking") is { Length: > 0 } thinking) _messages.AddReasoning(thinking);
                if (content.Length > 0) _messages.AddAnswer(content);
                if (message.Array("tool_calls", "an array of calls") is { } calls) AddCalls(calls, path);
                break;
            case "tool":
                message.Text("tool_name");
                var id = message.Text("tool_call_id") ?? (_unanswered.TryDequeue(out var call) ? call : "call_0");
                _messages.AddResult(id, content);
                break;
            default:
                _messages.Add(role, content);
                break;
        }

        message.RefuseUnread();
    }

    private void AddCalls(JsonElement calls, string path)
    {
        foreach (var (index, json) in calls.EnumerateArray().Index())
        {
            var call = ContentParts.Object(json, $"{path}.tool_calls[{index}]", "an object with a function");
            var id = call.Text("id") ?? $"call_{_calls++}";
            call.OneOf("type", "function");
            var function = new RequestFields(
                call.Object("function", "an object with name and arguments")
                    ?? throw FieldErrors.Missing(call.PathOf("function"), "an object with name and arguments"),
                call.PathOf("function"));
            var name = function.Text("name") ?? throw FieldErrors.Missing(function.PathOf("name"), "a string");
            function.Integer("index", 0, int.MaxValue);
            _messages.AddCall(id, name, CallArguments.Take(function, "arguments"));
            function.RefuseUnread();
            call.RefuseUnread();
            _unanswered.Enqueue(id);
        }
    }

    private static void RefuseImages(RequestFields message)
    {
        if (message.Array("images", "an array of images") is { } images && images.GetArrayLength() > 0)
        {
            throw FieldErrors.Unsupported(message.PathOf("images"), "this model takes texts only");
        }
    }
}
