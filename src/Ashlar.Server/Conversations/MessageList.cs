using System.Text.Json.Nodes;

namespace Ashlar.Server.Conversations;

/// <summary>
/// Builds the messages of a conversation from what protocols tell piece by piece: what the assistant thought, said and called in
/// a
/// row is one message, as chat templates want it.
/// </summary>
internal sealed class MessageList
{
    private readonly Dictionary<string, string> _tools = new(StringComparer.Ordinal); // by the id of the call

    public JsonArray Messages { get; } = [];

    /// <summary>Adds a message of the system or the user.</summary>
    public void Add(string role, string content) => Messages.Add(new JsonObject { ["role"] = role, ["content"] = content });

    /// <summary>Adds what the assistant said.</summary>
    public void AddAnswer(string text)
    {
        var message = Assistant();
        message["content"] = message["content"]!.GetValue<string>() + text;
    }

    /// <summary>Adds what the assistant thought.</summary>
    public void AddReasoning(string text)
    {
        const string Field = "reasoning_content";
        var message = Assistant();
        message[Field] = (message[Field]?.GetValue<string>() ?? "") + text;
    }

    /// <summary>Adds a tool call of the assistant's.</summary>
    public void AddCall(string id, string name, JsonObject arguments)
    {
        const string Field = "tool_calls";
        var message = Assistant();
        var calls = message[Field] as JsonArray ?? [];
        if (calls.Count == 0) message[Field] = calls;
        calls.Add(new JsonObject
        {
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments },
        });
        _tools[id] = name;
    }

    /// <summary>Adds what a tool call brought.</summary>
    public void AddResult(string id, string content)
    {
        var message = new JsonObject { ["role"] = "tool", ["tool_call_id"] = id, ["content"] = content };
        if (_tools.TryGetValue(id, out var name)) message["name"] = name;
        Messages.Add(message);
    }

    /// <summary>Begins with the messages of an earlier conversation.</summary>
    public void AddEarlier(JsonArray messages)
    {
        foreach (var message in messages) Messages.Add(message!.DeepClone());
        foreach (var call in Messages.SelectMany(static message => message!["tool_calls"] as JsonArray ?? []))
        {
            _tools[call!["id"]!.GetValue<string>()] = call["function"]!["name"]!.GetValue<string>();
        }
    }

    private JsonObject Assistant()
    {
        if (Messages.Count > 0 && Messages[^1] is JsonObject last && last["role"]!.GetValue<string>() == "assistant") return last;
        var message = new JsonObject { ["role"] = "assistant", ["content"] = "" };
        Messages.Add(message);
        return message;
    }
}
