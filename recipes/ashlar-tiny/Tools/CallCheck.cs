using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Engine.Dialects;

namespace Ashlar.Tiny.Tools;

/// <summary>How good an output is where tools were offered.</summary>
/// <param name="IsValid">
/// Whether it is a call of an offered tool whose arguments fit its schema, where a call is right; or no call, where none is.
/// </param>
/// <param name="IsRight">Whether it is also the call that was expected, argument for argument.</param>
internal readonly record struct CallVerdict(bool IsValid, bool IsRight);

/// <summary>Judges outputs as the server reads them: by the parser of the chat template's dialect.</summary>
internal static class CallCheck
{
    /// <summary>Judges an output.</summary>
    /// <param name="dialect">The dialect of the chat template.</param>
    /// <param name="talk">What was asked.</param>
    /// <param name="output">The text that the model wrote.</param>
    public static CallVerdict Judge(ChatDialect dialect, ToolTalk talk, string output)
    {
        var parser = dialect.CreateParser([.. talk.Tools.Select(tool => tool.ToChatTool())], random: new Random(0));
        List<DialectEvent> events = [.. parser.Append(output), .. parser.Finish()];
        var begun = events.OfType<ToolCallBegun>().ToArray();
        if (talk.Call is null)
        {
            var said = string.Concat(events.OfType<ContentDelta>().Select(content => content.Text)).Trim();
            return new(begun.Length == 0, begun.Length == 0 && said == talk.Answer);
        }

        var isWhole = begun.Length == 1 && events.OfType<ToolCallEnded>().All(end => end.IsComplete);
        var tool = isWhole ? talk.Tools.FirstOrDefault(tool => tool.Name == begun[0].Name) : null;
        if (tool is null || !TryRead(events, out var arguments) || !Fits(arguments, tool)) return new(false, false);
        var isRight = begun[0].Name == (string?)talk.Call["name"] && JsonNode.DeepEquals(arguments, talk.Call["arguments"]);
        return new(true, isRight);
    }

    private static bool TryRead(List<DialectEvent> events, out JsonObject arguments)
    {
        arguments = [];
        try
        {
            var text = string.Concat(events.OfType<ToolCallArguments>().Select(part => part.Text));
            if (JsonNode.Parse(text) is not JsonObject read) return false;
            arguments = read;
            return true;
        }
        catch (Exception error) when (error is JsonException or ArgumentException) // the latter of a name that comes twice
        {
            return false;
        }
    }

    private static bool Fits(JsonObject arguments, OfferedTool tool)
    {
        var properties = (JsonObject)tool.ToJson()["parameters"]!["properties"]!;
        return arguments.Count == properties.Count && properties.All(property => arguments[property.Key] is JsonValue value
            && (string?)property.Value!["type"] == TypeOf(value));
    }

    private static string TypeOf(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => value.ToJsonString().Contains('.', StringComparison.Ordinal) ? "number" : "integer",
        _ => "none",
    };
}
