using System.Text;
using System.Text.Json.Nodes;

namespace Ashlar.Engine.Dialects;

/// <summary>Tells a model in words what tools there are, where its template does not.</summary>
internal static class ToolInstructions
{
    /// <summary>Puts the words before the first message that is no answer: not every template takes a system message.</summary>
    public static void AddTo(JsonArray messages, IReadOnlyList<ChatTool> tools, ChatDialect dialect)
    {
        var words = new StringBuilder("You can call these functions:\n\n");
        foreach (var tool in tools) words.Append(SpelledCall.TextOf(tool.ToJson()["function"])).Append('\n');
        var example = new SpelledCall("functions.NAME:0", "NAME", new() { ["ARGUMENT"] = "VALUE" });
        words.Append("\nTo call a function, answer with nothing but this, with its name and arguments in their places:\n")
            .Append(dialect.Spell([example])).Append("\nIf no function helps, answer as usual.\n\n");
        var first = messages.OfType<JsonObject>().FirstOrDefault(message => (string?)message["role"] is "system" or "user");
        if (first is null)
        {
            messages.Insert(0, new JsonObject { ["role"] = "user", ["content"] = words.ToString().TrimEnd() });
            return;
        }

        if (first["content"] is JsonArray parts)
        {
            parts.Insert(0, new JsonObject { ["type"] = "text", ["text"] = words.ToString() });
            return;
        }

        first["content"] = words + (string?)first["content"];
    }
}
