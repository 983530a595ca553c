using System.Text.Json;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;

namespace Ashlar.Server.Conversations;

/// <summary>Reads contents that are a text, or an array of parts that are texts.</summary>
internal static class ContentParts
{
    /// <summary>The text of a content. Parts are joined by line breaks, as other servers do for templates that take a
    /// text.</summary>
    /// <param name="content">The value; null where it is absent.</param>
    /// <param name="param">Its path.</param>
    /// <param name="types">The types that parts of text have.</param>
    public static string Text(JsonElement? content, string param, params string[] types)
    {
        var expected = $"a string, or an array of parts of type '{types[0]}'";
        return content switch
        {
            null => throw FieldErrors.Missing(param, expected),
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Array } parts =>
                string.Join('\n', parts.EnumerateArray().Select((part, index) => Part(part, $"{param}[{index}]", types))),
            { } value => throw FieldErrors.WrongType(param, value.Describe(), expected),
        };
    }

    /// <summary>An object, to be read by its fields.</summary>
    public static RequestFields Object(JsonElement value, string param, string expected) =>
        value.ValueKind == JsonValueKind.Object
        ? new(value, param)
        : throw FieldErrors.WrongType(param, value.Describe(), expected);

    /// <summary>What is said of a part that no model here takes.</summary>
    public static ApiException UnsupportedPart(RequestFields part, string type, string expected) => FieldErrors.Wrong(
        part.PathOf("type"),
        "unsupported_parameter",
        $"'{part.PathOf("type")}' is '{type}'; this model takes parts of type '{expected}' only");

    private static string Part(JsonElement json, string param, string[] types)
    {
        var part = Object(json, param, $"an object of type '{types[0]}'");
        var type = part.Text("type") ?? throw FieldErrors.Missing(part.PathOf("type"), $"'{types[0]}'");
        if (!types.Contains(type)) throw UnsupportedPart(part, type, types[0]);
        var text = part.Text("text") ?? throw FieldErrors.Missing(part.PathOf("text"), "a string");

        // What parts carry that have been answers, and marks of what is to be cached, which everything is.
        part.Take("annotations");
        part.Take("logprobs");
        part.Take("citations");
        part.Object("cache_control", "an object");
        part.RefuseUnread();
        return text;
    }
}
