using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ashlar.Engine;

/// <summary>Writes <see cref="ChatMessage"/>s as messages of OpenAI's API, which chat templates are made for.</summary>
internal static class ChatMessageReader
{
    /// <summary>The conversation.</summary>
    /// <param name="messages">Its messages.</param>
    /// <param name="instructions">What goes before it as a system message, if anything.</param>
    /// <exception cref="NotSupportedException">A message holds what is neither text nor of a function call.</exception>
    public static JsonArray Read(IEnumerable<ChatMessage> messages, string? instructions)
    {
        var conversation = new JsonArray();
        if (!string.IsNullOrEmpty(instructions))
        {
            conversation.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = instructions });
        }

        foreach (var message in messages)
        {
            foreach (var one in Read(message)) conversation.Add((JsonNode)one);
        }

        return conversation;
    }

    private static IEnumerable<JsonObject> Read(ChatMessage message)
    {
        var (text, reasoning) = (new StringBuilder(), new StringBuilder());
        var (calls, results) = (new JsonArray(), new List<JsonObject>());
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case TextReasoningContent part:
                    reasoning.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    calls.Add((JsonNode)ToJson(call));
                    break;
                case FunctionResultContent result:
                    results.Add(ToJson(result));
                    break;
                case UsageContent: // what an earlier answer took, in a history that was gathered from updates
                    break;
                default:
                    throw new NotSupportedException(
                        $"a {message.Role} message holds {content.GetType().Name}; this client takes {nameof(TextContent)}, "
                        + $"{nameof(TextReasoningContent)}, {nameof(FunctionCallContent)} and {nameof(FunctionResultContent)}");
            }
        }

        // A message of results only is but these.
        if (results.Count == 0 || text.Length > 0 || calls.Count > 0)
        {
            var all = new JsonObject { ["role"] = message.Role.Value, ["content"] = text.ToString() };
            if (message.AuthorName is { } name) all["name"] = name;
            if (reasoning.Length > 0) all["reasoning_content"] = reasoning.ToString();
            if (calls.Count > 0) all["tool_calls"] = calls;
            yield return all;
        }

        foreach (var result in results) yield return result;
    }

    private static JsonObject ToJson(FunctionCallContent call) => new()
    {
        ["id"] = call.CallId,
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = call.Name,
            ["arguments"] = JsonSerializer.SerializeToNode(
                call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions),
        },
    };

    private static JsonObject ToJson(FunctionResultContent result) => new()
    {
        ["role"] = "tool",
        ["tool_call_id"] = result.CallId,
        ["content"] = result.Result switch
        {
            null => "",
            string text => text,
            JsonElement { ValueKind: JsonValueKind.String } text => text.GetString(),
            var other => JsonSerializer.Serialize(other, AIJsonUtilities.DefaultOptions),
        },
    };
}
