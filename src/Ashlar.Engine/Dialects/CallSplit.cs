using System.Text.Json.Nodes;

namespace Ashlar.Engine.Dialects;

/// <summary>
/// Takes messages with several calls apart, for templates that take one call in a message: each call gets a message, and its
/// result follows it.
/// </summary>
internal static class CallSplit
{
    /// <summary>The conversation with one call a message. Its messages are taken over.</summary>
    public static JsonArray Of(JsonArray messages)
    {
        var rest = new LinkedList<JsonNode?>(messages);
        messages.Clear();
        var split = new JsonArray();
        while (rest.First is { Value: var message })
        {
            rest.RemoveFirst();
            if (message?["tool_calls"] is not JsonArray { Count: > 1 } calls)
            {
                split.Add(message);
                continue;
            }

            JsonNode?[] all = [.. calls];
            calls.Clear();
            for (var i = 0; i < all.Length; i++)
            {
                // Text and reasoning stay with the first.
                var one = i == 0
                    ? (JsonObject)message.DeepClone()
                    : new JsonObject { ["role"] = "assistant", ["content"] = message["content"] is null ? null : "" };
                one["tool_calls"] = new JsonArray(all[i]);
                split.Add((JsonNode)one);
                if (TakeResult(rest, (string?)all[i]?["id"]) is { } result) split.Add(result);
            }
        }

        return split;
    }

    /// <summary>Takes the result of a call from the results that come next.</summary>
    private static JsonNode? TakeResult(LinkedList<JsonNode?> rest, string? id)
    {
        for (var node = rest.First; node is not null && (string?)node.Value?["role"] == "tool"; node = node.Next)
        {
            if ((string?)node.Value!["tool_call_id"] != id) continue;
            rest.Remove(node);
            return node.Value;
        }

        return null;
    }
}
